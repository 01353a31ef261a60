#pragma once

// All that an application needs: the stream and table language, the Processor API, state stores, serdes with JSON, and
// the application that runs a topology. Each header can be included alone instead.

#include "millrace/dsl/streams_builder.h"
#include "millrace/runtime/streams_app.h"
#include "millrace/statestore/stores.h"
#include "millrace/streams/json.h"
#include "millrace/streams/topology_builder.h"
