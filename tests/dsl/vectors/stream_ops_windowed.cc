#include "stream_ops.h"

namespace millrace::vectors {

template Handle ApplyToStream<WindowedKey, Datum>(const StreamOf<WindowedKey, Datum>&, const Call&);
template Handle ApplyToStream<WindowedKey, int64_t>(const StreamOf<WindowedKey, int64_t>&, const Call&);

}  // namespace millrace::vectors
