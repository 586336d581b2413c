#include "base/logging.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <array>
#include <boost/asio/post.hpp>
#include <filesystem>
#include <mutex>
#include <utility>

#include "base/posix/private_file.hpp"
#include "base/text.hpp"

namespace attache::base {

namespace {

constexpr auto repeat_window = std::chrono::seconds(1);
constexpr std::array<std::string_view, 5> level_names{"off", "error", "warning", "info", "debug"};

std::string_view short_name(LogLevel level) {
  switch (level) {
    case LogLevel::error:
      return "err";
    case LogLevel::warning:
      return "wrn";
    case LogLevel::info:
      return "inf";
    case LogLevel::debug:
      return "dbg";
  }
  return {};
}

constexpr std::string_view plain_color = "\x1b[0m";

std::string_view color_of(LogLevel level) {
  constexpr std::string_view red = "\x1b[1;31m";
  constexpr std::string_view yellow = "\x1b[1;33m";
  return level == LogLevel::error ? red : level == LogLevel::warning ? yellow : plain_color;
}

spdlog::level::level_enum to_spdlog(LogLevel level) {
  switch (level) {
    case LogLevel::error:
      return spdlog::level::err;
    case LogLevel::warning:
      return spdlog::level::warn;
    case LogLevel::info:
      return spdlog::level::info;
    case LogLevel::debug:
      return spdlog::level::debug;
  }
  return spdlog::level::info;
}

std::string with_reason(const JournalEntry& entry) {
  std::string_view separator = entry.device.empty() ? "" : " ";
  std::string text =
      fmt::format("{}{}{}: {}", entry.device, separator, entry.module, escape_control(entry.text));
  if (entry.repeats > 0) {
    text += fmt::format(" (repeated {} times within a second)", entry.repeats);
  } else if (entry.reason) {
    std::string block = to_block(*entry.reason);
    block.pop_back();  // spdlog ends the line itself.
    text += "\n" + block;
  }
  return text;
}

/// Lines at the end of a file. What cannot be written is lost, as on a full disk there is no better place.
class FileSink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  explicit FileSink(FileDescriptor file) : file_(std::move(file)) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    (void)write_all(file_.get(), std::string_view(line.data(), line.size()));
  }
  void flush_() override {}

 private:
  FileDescriptor file_;
};

}  // namespace

std::string to_device_line(const JournalEntry& entry, const DeviceLineForm& form) {
  using namespace std::chrono;
  std::string line;
  if (form.time) {
    auto micros = duration_cast<microseconds>(entry.since_start).count();
    line = fmt::format("[{:02}:{:02}:{:02}.{:03},{:03}] ", micros / 3'600'000'000, micros / 60'000'000 % 60,
                       micros / 1'000'000 % 60, micros / 1000 % 1000, micros % 1000);
  }
  line += form.colors ? color_of(entry.level) : "";
  line += form.level ? fmt::format("<{}> ", short_name(entry.level)) : "";
  line += fmt::format("{}: {}", entry.module, escape_control(entry.text));
  line += form.colors ? plain_color : "";
  return line;
}

Result<std::optional<LogLevel>> parse_log_level(std::string_view text) {
  constexpr std::array<std::optional<LogLevel>, 5> levels{std::nullopt, LogLevel::error, LogLevel::warning,
                                                          LogLevel::info, LogLevel::debug};
  for (std::size_t i = 0; i < level_names.size(); ++i) {
    if (text == level_names[i]) {
      return levels[i];
    }
  }
  auto near = nearest(text, level_names);
  return make_reason("unknown log level",
                     fmt::format("\"{}\" is not one of off, error, warning, info, debug", text),
                     near ? fmt::format("did you mean {}?", *near) : std::string());
}

Result<JournalSink> make_log_sink(const LogOptions& options) {
  std::shared_ptr<spdlog::sinks::sink> target = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  if (!options.file.empty()) {
    if (std::filesystem::path folder = std::filesystem::path(options.file).parent_path(); !folder.empty()) {
      std::error_code ignored;  // What is wrong with it, the file says.
      std::filesystem::create_directories(folder, ignored);
    }
    auto file = open_to_append(options.file);
    if (!file) {
      Reason reason = file.error();
      reason.what = "the log file cannot be written";
      return reason;
    }
    target = std::make_shared<FileSink>(std::move(*file));
  }
  auto logger = std::make_shared<spdlog::logger>("attache", target);
  logger->set_pattern("%Y-%m-%d %H:%M:%S.%e %l %v");
  logger->flush_on(spdlog::level::debug);
  logger->set_level(options.level ? to_spdlog(*options.level) : spdlog::level::off);
  // Apart from the log: a sink has one pattern.
  auto explainer =
      std::make_shared<spdlog::logger>("explain", std::make_shared<spdlog::sinks::stderr_sink_mt>());
  explainer->set_pattern("%v");
  bool explain_apart = options.explain && (!options.level || !options.file.empty());
  return JournalSink([logger, explainer, explain_apart](const JournalEntry& entry) {
    logger->log(to_spdlog(entry.level), "{}", with_reason(entry));
    if (entry.reason && explain_apart) {
      explainer->log(spdlog::level::info, "{}", with_reason(entry));
    }
  });
}

QueuedJournal::QueuedJournal(Clock& clock, std::string device)
    : clock_(clock), device_(std::move(device)), start_(clock.now()) {}

void QueuedJournal::log(LogLevel level, std::string_view module, std::string message) {
  counts_.errors += level == LogLevel::error ? 1 : 0;
  counts_.warnings += level == LogLevel::warning ? 1 : 0;
  if (sinks_.empty()) {
    return;
  }
  JournalEntry entry;
  entry.since_start = clock_.now() - start_;
  entry.level = level;
  entry.module = module;
  entry.text = std::move(message);
  enqueue(std::move(entry));
}

void QueuedJournal::report(std::string_view module, Reason reason) {
  ++counts_.failures[reason.cause];
  if (sinks_.empty()) {
    return;
  }
  std::string key = fmt::format("{}\n{}\n{}\n{}", module, reason.what, reason.where, reason.why);
  if (count_repeat(key)) {
    return;
  }
  write_repeats();
  JournalEntry entry;
  entry.since_start = clock_.now() - start_;
  entry.level = LogLevel::warning;
  entry.module = module;
  entry.text = reason.what;
  entry.reason = std::move(reason);
  recent_ = std::make_unique<Recent>(Recent{std::move(key), clock_.now(), 0, entry});
  enqueue(std::move(entry));
}

// Equal reasons within the window are counted; the count is written when the window ends.
bool QueuedJournal::count_repeat(const std::string& key) {
  if (!recent_ || recent_->key != key || clock_.now() - recent_->written >= repeat_window) {
    return false;
  }
  if (recent_->repeats++ == 0) {
    repeat_alarm_ = clock_.call_at(recent_->written + repeat_window, [this] { write_repeats(); });
  }
  return true;
}

void QueuedJournal::write_repeats() {
  repeat_alarm_.cancel();
  if (recent_ && recent_->repeats > 0) {
    JournalEntry entry = std::move(recent_->entry);
    entry.since_start = clock_.now() - start_;
    entry.repeats = recent_->repeats;
    enqueue(std::move(entry));
  }
  recent_.reset();
}

void QueuedJournal::enqueue(JournalEntry entry) {
  entry.device = device_;
  queue_.push_back(std::move(entry));
  if (!std::exchange(posted_, true)) {
    asio::post(clock_.context(), [weak = weak_from_this()] {
      if (auto self = weak.lock()) {
        self->flush();
      }
    });
  }
}

void QueuedJournal::flush() {
  posted_ = false;
  for (const JournalEntry& entry : std::exchange(queue_, {})) {
    for (const JournalSink& sink : sinks_) {
      sink(entry);
    }
  }
}

}  // namespace attache::base
