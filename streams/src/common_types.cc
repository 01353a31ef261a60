// The nodes and serdes of the commonest types, compiled once; the headers declare them extern.

#include "millrace/streams/outlet.h"
#include "millrace/streams/sink_node.h"
#include "millrace/streams/source_node.h"
#include "millrace/streams/windowed_serde.h"

namespace millrace {

template class Outlet<std::string, std::string>;
template class Outlet<std::string, int64_t>;

template class TypedSourceNode<std::string, std::string>;
template NodeSpec SourceSpec(std::string name, std::vector<std::string> topics, std::optional<std::string> pattern,
                             SourceOptions<std::string, std::string> options);

template class TypedSinkNode<std::string, std::string>;
template class TypedSinkNode<std::string, int64_t>;
template NodeSpec SinkSpec(std::string name, SinkOptions<std::string, std::string> options);
template NodeSpec SinkSpec(std::string name, SinkOptions<std::string, int64_t> options);

template class TimeWindowedSerde<std::string>;
template class SessionWindowedSerde<std::string>;

}  // namespace millrace
