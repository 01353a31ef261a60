#include "windowed_ops.h"

namespace millrace::vectors {

template Handle ApplyToWindowed<Datum, TimeWindows>(const TimeWindowedOf<Datum, TimeWindows>&, const Call&);
template Handle ApplyToWindowed<int64_t, TimeWindows>(const TimeWindowedOf<int64_t, TimeWindows>&, const Call&);

}  // namespace millrace::vectors
