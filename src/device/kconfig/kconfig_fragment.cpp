#include "device/kconfig/kconfig_fragment.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.hpp"

namespace attache::device {

namespace {

constexpr std::string_view prefix = "CONFIG_";
constexpr std::size_t longest_excerpt = 80;

bool is_name(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

std::string_view without_trailing_blanks(std::string_view line) {
  std::size_t last = line.find_last_not_of(" \t\r\f\v");
  return line.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

// "# CONFIG_X is not set": the name, as that is how a build writes `n`.
std::optional<std::string_view> unset_name(std::string_view comment) {
  constexpr std::string_view begin = "# CONFIG_";
  constexpr std::string_view end = " is not set";
  if (!comment.starts_with(begin) || !comment.ends_with(end) || comment.size() < begin.size() + end.size()) {
    return std::nullopt;
  }
  std::string_view name = comment.substr(begin.size(), comment.size() - begin.size() - end.size());
  return is_name(name) ? std::optional(name) : std::nullopt;
}

// The text between quotes, a backslash standing for the character behind it; nothing if it is not closed.
std::optional<std::string> unquote(std::string_view value) {
  std::string text;
  for (std::size_t i = 1; i < value.size(); ++i) {
    if (value[i] == '"') {
      return text;
    }
    if (value[i] == '\\' && ++i == value.size()) {
      break;
    }
    text.push_back(value[i]);
  }
  return std::nullopt;
}

class FragmentReader {
 public:
  explicit FragmentReader(std::string_view file) : file_(file) {}

  KconfigFragment read(std::string_view text) {
    constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";
    if (text.starts_with(byte_order_mark)) {
      text.remove_prefix(byte_order_mark.size());
    }
    while (!text.empty()) {
      ++line_;
      std::size_t end = std::min(text.find('\n'), text.size());
      read_line(without_trailing_blanks(text.substr(0, end)));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    return std::move(fragment_);
  }

 private:
  void read_line(std::string_view line) {
    if (line.empty()) {
      return;
    }
    if (line.starts_with('#')) {
      if (auto name = unset_name(line)) {
        add(*name, "n", false);
      }
      return;
    }
    std::size_t equals = line.find('=');
    bool assigns = line.starts_with(prefix) && equals != std::string_view::npos;
    if (!assigns || !is_name(line.substr(prefix.size(), equals - prefix.size()))) {
      not_an_assignment(line);
      return;
    }
    read_value(line, line.substr(prefix.size(), equals - prefix.size()), line.substr(equals + 1));
  }

  void read_value(std::string_view line, std::string_view name, std::string_view value) {
    if (!value.starts_with('"')) {
      add(name, std::string(value), false);
      return;
    }
    if (auto text = unquote(value)) {
      add(name, std::move(*text), true);
    } else {
      problem(line, "the text is not closed", "end it with a quote; \\\" is a quote inside it");
    }
  }

  void not_an_assignment(std::string_view line) {
    bool indented = line.find_first_not_of(" \t") > 0;
    problem(line, "it is neither CONFIG_NAME=value nor a comment",
            indented                        ? "the line must begin in its first column"
            : line.find(" =") < line.size() ? "no blanks may stand around the equals sign"
                                            : "begin it with # if it is a comment");
  }

  void problem(std::string_view line, std::string why, std::string advice) {
    if (fragment_.problems.size() >= most_kconfig_problems) {
      return;
    }
    base::Reason reason = base::make_reason("the line is ignored, as the firmware's build does",
                                            std::move(why), std::move(advice));
    reason.where = fmt::format("{}:{}", file_, line_);
    reason.excerpt = line.substr(0, longest_excerpt);
    fragment_.problems.push_back(std::move(reason));
  }

  void add(std::string_view name, std::string value, bool quoted) {
    fragment_.assignments.push_back({std::string(name), std::move(value), quoted, std::string(file_), line_});
  }

  std::string_view file_;
  std::size_t line_ = 0;
  KconfigFragment fragment_;
};

}  // namespace

std::string place_of(const KconfigAssignment& assignment) {
  return fmt::format("{}:{}", assignment.file, assignment.line);
}

KconfigFragment read_kconfig(std::string_view text, std::string_view file) {
  return FragmentReader(file).read(text);
}

}  // namespace attache::device
