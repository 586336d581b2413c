#include "runtime/live_file.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <chrono>
#include <utility>

#include "base/posix/private_file.hpp"

namespace attache::runtime {

namespace {

constexpr auto retry_period = std::chrono::milliseconds(200);

}  // namespace

void LiveFile::write(std::string_view lines) {
  writer_.write(lines);
  tell_trouble();
}

void LiveFile::finish() {
  writer_.retry();
  if (writer_.unwritten() > 0) {
    journal_->log(base::LogLevel::warning, names_.module,
                  fmt::format("{} lines of {} did not get into {}: {}", writer_.unwritten(), names_.what,
                              names_.path, base::error_text(writer_.error())));
  }
}

// Once, when lines cannot be written; a slow reader is no trouble before lines are lost.
void LiveFile::tell_trouble() {
  bool is_lost = writer_.error() != 0 && (writer_.error() != EAGAIN || writer_.is_missing_lines());
  if (is_lost && !std::exchange(is_troubled_, true)) {
    base::Reason reason = base::make_reason(
        fmt::format("{} cannot be written", names_.what),
        writer_.error() == EAGAIN ? "whoever reads it does not keep up" : base::error_text(writer_.error()),
        base::path_advice(writer_.error()));
    reason.where = names_.path;
    journal_->report(names_.module, std::move(reason));
  }
  if (is_troubled_ && !writer_.is_waiting()) {
    is_troubled_ = false;
    journal_->log(base::LogLevel::info, names_.module,
                  fmt::format("{} is written again; {} lines of it have been lost so far", names_.what,
                              writer_.unwritten()));
  }
  if (writer_.is_waiting()) {
    retry_ = clock_.call_after(retry_period, [this] {
      writer_.retry();
      tell_trouble();
    });
  }
}

}  // namespace attache::runtime
