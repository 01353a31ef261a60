#include "stream_ops.h"

namespace millrace::vectors {

template Handle ApplyToStream<Datum, int64_t>(const StreamOf<Datum, int64_t>&, const Call&);

}  // namespace millrace::vectors
