#include "cassette/files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <sstream>
#include <utility>

#include "base/posix/private_file.hpp"
#include "base/posix/whole_file.hpp"
#include "base/text.hpp"
#include "cassette/cassette.hpp"

namespace attache::cassette {

namespace {

constexpr std::size_t largest_secrets = 16UL * 1024 * 1024;

base::Reason cannot_be_written(const std::filesystem::path& file, int error) {
  base::Reason reason = base::make_reason(fmt::format("the cassette {} cannot be written", file.string()),
                                          base::error_text(error), base::path_advice(error));
  if (error == EEXIST) {
    reason.why = "there is a file of that name already, and it is left alone";
    reason.advice = "Choose another name, or remove it.";
  }
  return reason;
}

base::Reason bad_secrets(const std::filesystem::path& file, std::size_t line, std::string why) {
  base::Reason reason =
      base::make_reason("the secrets cannot be read", std::move(why),
                        "Its lines are NAME=VALUE, as attache record --secrets writes them.");
  reason.where = fmt::format("{}:{}", file.string(), line);
  return reason;
}

}  // namespace

base::Result<base::FileDescriptor> make_cassette_file(const std::filesystem::path& file) {
  base::FileDescriptor made =
      base::open_file(file.string(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND, base::private_file_mode);
  if (!made) {
    return cannot_be_written(file, errno);
  }
  return base::Result<base::FileDescriptor>(std::move(made));
}

base::Result<void> replace_cassette_file(const std::filesystem::path& file, std::string_view text) {
  std::filesystem::path part = file;
  part += ".part";
  ::unlink(part.c_str());
  auto made = make_cassette_file(part);
  if (!made) {
    return made.error();
  }
  if (!base::write_all(made->get(), text) || ::rename(part.c_str(), file.c_str()) != 0) {
    int error = errno;
    ::unlink(part.c_str());
    return cannot_be_written(file, error);
  }
  return {};
}

base::Result<client::Values> read_secrets(const std::filesystem::path& file) {
  client::Values values;
  if (!std::filesystem::exists(file)) {
    return base::Result<client::Values>(boost::system::in_place_value);
  }
  auto text = base::read_whole_file(file, largest_secrets);
  if (!text) {
    return text.error();
  }
  std::istringstream stream(std::move(*text));
  std::size_t number = 0;
  for (std::string line; std::getline(stream, line);) {
    ++number;
    if (line.empty() || line.front() == '#') {
      continue;
    }
    std::size_t equals = line.find('=');
    if (equals == 0 || equals == std::string::npos) {
      return bad_secrets(file, number, "a line is not NAME=VALUE");
    }
    auto value = base::unescape(std::string_view(line).substr(equals + 1));
    if (!value) {
      return bad_secrets(file, number, "an escape in a value is not known");
    }
    values.insert_or_assign(line.substr(0, equals), std::move(*value));
  }
  return base::Result<client::Values>(boost::system::in_place_value, std::move(values));
}

std::string secret_line(std::string_view name, std::string_view value) {
  return fmt::format("{}={}\n", name, escape_text(value));
}

}  // namespace attache::cassette
