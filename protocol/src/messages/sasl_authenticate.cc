#include "millrace/protocol/messages/sasl_authenticate.h"

namespace millrace::protocol {

const Schema& SaslAuthenticateRequest::Fields() {
  using T = SaslAuthenticateRequest;
  static const Schema& schema = MakeSchema<T>({
      {"authBytes", &T::auth_bytes, Versions().Bytes()},
  });
  return schema;
}

const Schema& SaslAuthenticateResponse::Fields() {
  using T = SaslAuthenticateResponse;
  static const Schema& schema = MakeSchema<T>({
      {"errorCode", &T::error_code},
      {"errorMessage", &T::error_message},
      {"authBytes", &T::auth_bytes, Versions().Bytes()},
      {"sessionLifetimeMs", &T::session_lifetime_ms, Versions(1)},
  });
  return schema;
}

}  // namespace millrace::protocol
