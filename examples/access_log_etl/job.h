#pragma once

namespace access_log {

// What the job is known by, to itself and to those who feed it and read what it writes.
inline constexpr char kApplicationId[] = "access-log-etl";

inline constexpr char kLogTopic[] = "access-log";              // raw lines
inline constexpr char kSectionsTopic[] = "sections";           // path prefix -> section name; a table
inline constexpr char kRequestsTopic[] = "requests";           // cleaned and enriched requests as JSON
inline constexpr char kStatusTopic[] = "requests-per-status";  // per five minutes and status class, as JSON
inline constexpr char kPathTopic[] = "traffic-per-path";       // per path, as JSON
inline constexpr char kDeadLetterTopic[] = "access-log-malformed";

inline constexpr char kPathStore[] = "traffic-per-path-store";

}  // namespace access_log
