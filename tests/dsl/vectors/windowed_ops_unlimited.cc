#include "windowed_ops.h"

namespace millrace::vectors {

template Handle ApplyToWindowed<Datum, UnlimitedWindows>(const TimeWindowedOf<Datum, UnlimitedWindows>&, const Call&);
template Handle ApplyToWindowed<int64_t, UnlimitedWindows>(const TimeWindowedOf<int64_t, UnlimitedWindows>&,
                                                           const Call&);

}  // namespace millrace::vectors
