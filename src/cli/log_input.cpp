#include "cli/log_input.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/posix/whole_file.hpp"
#include "base/text.hpp"
#include "cli/commands.hpp"
#include "cli/complaint.hpp"
#include "doctor/anonymizer.hpp"

namespace attache::cli {

namespace {

constexpr std::size_t piece_size = 256 * 1024;
constexpr std::size_t largest_side_file = 4 * 1024 * 1024;

}  // namespace

base::Reason cannot_read(const std::string& path, int error) {
  base::Reason reason = base::make_reason(fmt::format("cannot read {}", path), base::error_text(error));
  if (error == ENOENT) {
    reason.advice = "give the path of a log, or - for standard input";
  }
  return reason;
}

base::FileDescriptor open_log(const std::string& path) {
  return path == "-" ? base::FileDescriptor(dup(STDIN_FILENO)) : base::open_file(path, O_RDONLY);
}

int read_all(int descriptor, const std::function<void(std::string_view bytes, bool writer_waits)>& take) {
  std::vector<char> piece(piece_size);
  while (true) {
    ssize_t size = read(descriptor, piece.data(), piece.size());
    if (size < 0 && errno == EINTR) {
      continue;
    }
    if (size <= 0) {
      return size < 0 ? errno : 0;
    }
    take(std::string_view(piece.data(), static_cast<std::size_t>(size)),
         static_cast<std::size_t>(size) < piece.size());
  }
}

base::Result<std::string> read_side_file(const std::string& path) {
  return base::read_whole_file(path, largest_side_file);
}

int anonymize(const std::vector<std::string>& logs, bool hosts) {
  for (const std::string& path : logs) {
    base::FileDescriptor log = open_log(path);
    if (!log) {
      return complain(cannot_read(path, errno));
    }
    doctor::Anonymizer anonymizer(hosts);
    std::string rest;
    int error = read_all(log.get(), [&](std::string_view bytes, bool) {
      rest += bytes;
      std::size_t end = rest.rfind('\n');
      if (end == std::string::npos && rest.size() < piece_size) {
        return;
      }
      end = end == std::string::npos ? rest.size() - 1 : end;
      std::string whole = rest.substr(0, end + 1);
      rest.erase(0, end + 1);
      std::string_view lines = whole;
      while (!lines.empty()) {
        std::size_t length = std::min(lines.find('\n'), lines.size());
        std::string_view line = lines.substr(0, length);
        bool carriage = line.ends_with("\r");
        std::string shown = anonymizer.line(carriage ? line.substr(0, line.size() - 1) : line);
        fmt::print("{}{}{}", shown, carriage ? "\r" : "", length < lines.size() ? "\n" : "");
        lines.remove_prefix(std::min(length + 1, lines.size()));
      }
    });
    if (error != 0) {
      return complain(cannot_read(path, error));
    }
    fmt::print("{}", anonymizer.line(rest));
  }
  return exit_success;
}

}  // namespace attache::cli
