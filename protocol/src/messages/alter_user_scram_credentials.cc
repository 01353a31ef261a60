#include "millrace/protocol/messages/alter_user_scram_credentials.h"

namespace millrace::protocol {

const Schema& AlterUserScramCredentialsRequest::ScramCredentialDeletion::Fields() {
  using T = AlterUserScramCredentialsRequest::ScramCredentialDeletion;
  static const Schema& schema = MakeSchema<T>({
      {"name", &T::name},
      {"mechanism", &T::mechanism},
  });
  return schema;
}

const Schema& AlterUserScramCredentialsRequest::ScramCredentialUpsertion::Fields() {
  using T = AlterUserScramCredentialsRequest::ScramCredentialUpsertion;
  static const Schema& schema = MakeSchema<T>({
      {"name", &T::name},
      {"mechanism", &T::mechanism},
      {"iterations", &T::iterations},
      {"salt", &T::salt, Versions().Bytes()},
      {"saltedPassword", &T::salted_password, Versions().Bytes()},
  });
  return schema;
}

const Schema& AlterUserScramCredentialsRequest::Fields() {
  using T = AlterUserScramCredentialsRequest;
  static const Schema& schema = MakeSchema<T>({
      {"deletions", &T::deletions},
      {"upsertions", &T::upsertions},
  });
  return schema;
}

const Schema& AlterUserScramCredentialsResponse::AlterUserScramCredentialsResult::Fields() {
  using T = AlterUserScramCredentialsResponse::AlterUserScramCredentialsResult;
  static const Schema& schema = MakeSchema<T>({
      {"user", &T::user},
      {"errorCode", &T::error_code},
      {"errorMessage", &T::error_message},
  });
  return schema;
}

const Schema& AlterUserScramCredentialsResponse::Fields() {
  using T = AlterUserScramCredentialsResponse;
  static const Schema& schema = MakeSchema<T>({
      {"throttleTimeMs", &T::throttle_time_ms},
      {"results", &T::results},
  });
  return schema;
}

}  // namespace millrace::protocol
