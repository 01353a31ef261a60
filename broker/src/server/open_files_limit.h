#pragma once

namespace millrace::broker {

// Lets this process have as many open files as the system allows it: partitions and connections need a few each, and
// the usual limit of 1,024 is for old programs.
void RaiseOpenFilesLimit();

}  // namespace millrace::broker
