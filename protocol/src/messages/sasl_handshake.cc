#include "millrace/protocol/messages/sasl_handshake.h"

namespace millrace::protocol {

const Schema& SaslHandshakeRequest::Fields() {
  using T = SaslHandshakeRequest;
  static const Schema& schema = MakeSchema<T>({
      {"mechanism", &T::mechanism},
  });
  return schema;
}

const Schema& SaslHandshakeResponse::Fields() {
  using T = SaslHandshakeResponse;
  static const Schema& schema = MakeSchema<T>({
      {"errorCode", &T::error_code},
      {"mechanisms", &T::mechanisms},
  });
  return schema;
}

}  // namespace millrace::protocol
