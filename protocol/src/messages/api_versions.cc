#include "millrace/protocol/messages/api_versions.h"

namespace millrace::protocol {

const Schema& ApiVersionsRequest::Fields() {
  using T = ApiVersionsRequest;
  static const Schema& schema = MakeSchema<T>({
      {"clientSoftwareName", &T::client_software_name, Versions(3)},
      {"clientSoftwareVersion", &T::client_software_version, Versions(3)},
  });
  return schema;
}

const Schema& ApiVersionsResponse::ApiVersion::Fields() {
  using T = ApiVersionsResponse::ApiVersion;
  static const Schema& schema = MakeSchema<T>({
      {"apiKey", &T::api_key},
      {"minVersion", &T::min_version},
      {"maxVersion", &T::max_version},
  });
  return schema;
}

const Schema& ApiVersionsResponse::SupportedFeatureKey::Fields() {
  using T = ApiVersionsResponse::SupportedFeatureKey;
  static const Schema& schema = MakeSchema<T>({
      {"name", &T::name, Versions(3)},
      {"minVersion", &T::min_version, Versions(3)},
      {"maxVersion", &T::max_version, Versions(3)},
  });
  return schema;
}

const Schema& ApiVersionsResponse::FinalizedFeatureKey::Fields() {
  using T = ApiVersionsResponse::FinalizedFeatureKey;
  static const Schema& schema = MakeSchema<T>({
      {"name", &T::name, Versions(3)},
      {"maxVersionLevel", &T::max_version_level, Versions(3)},
      {"minVersionLevel", &T::min_version_level, Versions(3)},
  });
  return schema;
}

const Schema& ApiVersionsResponse::Fields() {
  using T = ApiVersionsResponse;
  static const Schema& schema = MakeSchema<T>({
      {"errorCode", &T::error_code},
      {"apiKeys", &T::api_keys},
      {"throttleTimeMs", &T::throttle_time_ms, Versions(1)},
      {"supportedFeatures", &T::supported_features, Versions(3).Tag(0)},
      {"finalizedFeaturesEpoch", &T::finalized_features_epoch, Versions(3).Tag(1)},
      {"finalizedFeatures", &T::finalized_features, Versions(3).Tag(2)},
      {"zkMigrationReady", &T::zk_migration_ready, Versions(3).Tag(3)},
  });
  return schema;
}

}  // namespace millrace::protocol
