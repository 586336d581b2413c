#include "at/data_mode.hpp"

#include <fmt/format.h>

#include <utility>

#include "at/counted_data_mode.hpp"
#include "at/guarded_data_mode.hpp"
#include "at/matched_data_mode.hpp"

namespace attache::at {

namespace {

base::Reason split_reason(const DataModePolicy& policy) {
  bool each_chunk = policy.time_limit == base::Duration::zero();
  return base::make_reason(
      base::Cause::message_too_large,
      fmt::format("one write of the host became more than one {}", policy.unit),
      each_chunk
          ? fmt::format("without a time limit the firmware sends what has come after {} bytes", policy.chunk)
          : fmt::format("the firmware collects no more than {} bytes", policy.buffer),
      each_chunk
          ? fmt::format(
                "AT#XDATACTRL=<time_limit> lets it wait for the end of what is written, up to {} bytes",
                policy.buffer)
          : std::string("write less at once, with a pause as long as the time limit behind it"));
}

}  // namespace

std::unique_ptr<DataMode> make_data_mode(const DataModePolicy& policy, base::Time now) {
  switch (policy.ending) {
    case DataModePolicy::Ending::guarded:
      return std::make_unique<GuardedDataMode>(policy, now);
    case DataModePolicy::Ending::matched:
      return std::make_unique<MatchedDataMode>(policy, now);
    case DataModePolicy::Ending::counted:
      return std::make_unique<CountedDataMode>(policy, now);
  }
  return nullptr;
}

base::Reason overflow_reason(const DataModePolicy& policy) {
  return base::make_reason(
      base::Cause::buffer_limit,
      fmt::format("more than {} bytes in data mode, of which nothing is sent", policy.buffer),
      fmt::format("what is written without a pause is one {}, and the firmware collects no more than that",
                  policy.unit),
      "write less at once, with a pause as long as the time limit behind it (AT#XDATACTRL?)");
}

base::Reason reason_of(DataModeRemark remark, const DataModePolicy& policy) {
  auto seconds = std::chrono::duration<double>(policy.silence).count();
  std::string why;
  switch (remark) {
    case DataModeRemark::terminator_without_silence:
      why = fmt::format("there was no silence of {:g} s before it", seconds);
      break;
    case DataModeRemark::terminator_with_line_end:
      why = "a line end stands behind it";
      break;
    case DataModeRemark::terminator_in_pieces:
      why = "it came in more than one piece";
      break;
    case DataModeRemark::terminator_before_data:
      why = fmt::format("more data came within {:g} s after it", seconds);
      break;
    case DataModeRemark::split:
      return split_reason(policy);
  }
  return base::make_reason(
      base::Cause::data_mode_misuse, fmt::format("{} was taken as data", policy.terminator), std::move(why),
      fmt::format(
          "send {} alone, in one write and without a line end, with {:g} s of silence before and after it",
          policy.terminator, seconds));
}

}  // namespace attache::at
