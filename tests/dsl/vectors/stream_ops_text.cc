#include "stream_ops.h"

namespace millrace::vectors {

template Handle ApplyToStream<Datum, Datum>(const StreamOf<Datum, Datum>&, const Call&);

}  // namespace millrace::vectors
