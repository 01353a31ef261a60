#include "millrace/protocol/messages/describe_user_scram_credentials.h"

namespace millrace::protocol {

const Schema& DescribeUserScramCredentialsRequest::UserName::Fields() {
  using T = DescribeUserScramCredentialsRequest::UserName;
  static const Schema& schema = MakeSchema<T>({
      {"name", &T::name},
  });
  return schema;
}

const Schema& DescribeUserScramCredentialsRequest::Fields() {
  using T = DescribeUserScramCredentialsRequest;
  static const Schema& schema = MakeSchema<T>({
      {"users", &T::users},
  });
  return schema;
}

const Schema& DescribeUserScramCredentialsResponse::CredentialInfo::Fields() {
  using T = DescribeUserScramCredentialsResponse::CredentialInfo;
  static const Schema& schema = MakeSchema<T>({
      {"mechanism", &T::mechanism},
      {"iterations", &T::iterations},
  });
  return schema;
}

const Schema& DescribeUserScramCredentialsResponse::DescribeUserScramCredentialsResult::Fields() {
  using T = DescribeUserScramCredentialsResponse::DescribeUserScramCredentialsResult;
  static const Schema& schema = MakeSchema<T>({
      {"user", &T::user},
      {"errorCode", &T::error_code},
      {"errorMessage", &T::error_message},
      {"credentialInfos", &T::credential_infos},
  });
  return schema;
}

const Schema& DescribeUserScramCredentialsResponse::Fields() {
  using T = DescribeUserScramCredentialsResponse;
  static const Schema& schema = MakeSchema<T>({
      {"throttleTimeMs", &T::throttle_time_ms},
      {"errorCode", &T::error_code},
      {"errorMessage", &T::error_message},
      {"results", &T::results},
  });
  return schema;
}

}  // namespace millrace::protocol
