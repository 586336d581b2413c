#include "cli/manual/roff.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "base/text.hpp"

namespace attache::cli::manual {

namespace {

// One line of Markdown, its marks made fonts.
class InlineText {
 public:
  explicit InlineText(std::string_view text) : rest_(text) {}

  std::string roff() {
    std::string result;
    while (!rest_.empty()) {
      result += next();
    }
    return result;
  }

 private:
  std::string next() {
    if (auto code = between("`", "`")) {
      return roff_bold(*code);
    }
    if (auto strong = between("**", "**")) {
      return "\\fB" + InlineText(*strong).roff() + "\\fR";
    }
    if (std::size_t middle = rest_.find("]("); rest_.front() == '[' && middle != std::string_view::npos) {
      std::size_t end = rest_.find(')', middle);
      std::string text = InlineText(rest_.substr(1, middle - 1)).roff();
      rest_.remove_prefix(std::min(end, rest_.size() - 1) + 1);
      return text;
    }
    std::string text = roff_text(rest_.substr(0, 1));
    rest_.remove_prefix(1);
    return text;
  }

  std::optional<std::string_view> between(std::string_view open, std::string_view close) {
    std::size_t end = rest_.starts_with(open) ? rest_.find(close, open.size()) : std::string_view::npos;
    if (end == std::string_view::npos) {
      return std::nullopt;
    }
    std::string_view found = rest_.substr(open.size(), end - open.size());
    rest_.remove_prefix(end + close.size());
    return found;
  }

  std::string_view rest_;
};

std::string upper(std::string_view text) {
  std::string result(text);
  std::transform(result.begin(), result.end(), result.begin(),
                 [](unsigned char character) { return static_cast<char>(std::toupper(character)); });
  return result;
}

// Marks that span lines are closed in the paragraph, so it is made in one piece.
class Body {
 public:
  base::Result<std::string> read(std::string_view markdown) {
    for (std::string_view line : base::split(markdown, '\n')) {
      ++number_;
      if (auto read = read_line(line); !read) {
        return read.error();
      }
    }
    end_paragraph();
    return {boost::system::in_place_value, std::move(roff_)};
  }

 private:
  base::Result<void> read_line(std::string_view line) {
    if (line.starts_with("```")) {
      end_paragraph();
      open_section();
      roff_ += is_literal_ ? ".EE\n.RE\n" : is_after_break_ ? ".RS 4\n.EX\n" : ".PP\n.RS 4\n.EX\n";
      is_literal_ = !is_literal_;
      is_after_break_ = is_literal_;
    } else if (is_literal_) {
      roff_ += literal(line);
    } else if (line.starts_with("# ")) {
      end_paragraph();
    } else if (line.starts_with("## ") || line.starts_with("### ")) {
      read_heading(line);
    } else if (line.starts_with("- ")) {
      read_item(line.substr(2));
    } else if (base::trim(line).empty()) {
      end_paragraph();
      is_in_item_ = false;
    } else if (line.front() == '|' || line.front() == '>' || line.front() == '<') {
      return base::make_reason(
          "the page cannot be made",
          fmt::format("line {} is Markdown of a kind that it does not know: {}", number_, line),
          "write it as a paragraph or a list");
    } else {
      add(line);
    }
    return {};
  }

  void read_heading(std::string_view line) {
    end_paragraph();
    bool is_section = line.starts_with("## ");
    std::string_view text = line.substr(line.find(' ') + 1);
    roff_ += is_section ? fmt::format(".SH {}\n", roff_text(upper(text)))
                        : fmt::format(".SS {}\n", InlineText(text).roff());
    has_section_ = true;
    is_after_break_ = true;
  }

  void read_item(std::string_view text) {
    end_paragraph();
    open_section();
    is_in_item_ = true;
    if (text.starts_with('`') && text.ends_with('`')) {
      roff_ += fmt::format(".TP\n{}\n", InlineText(text).roff());
    } else {
      roff_ += ".IP \\(bu 2\n";
      add(text);
    }
    is_after_break_ = true;
  }

  void add(std::string_view line) {
    paragraph_ += (paragraph_.empty() ? "" : "\n") + std::string(base::trim(line));
  }

  void end_paragraph() {
    if (paragraph_.empty()) {
      return;
    }
    open_section();
    if (!is_after_break_ && !is_in_item_) {
      roff_ += ".PP\n";
    }
    std::string text = InlineText(paragraph_).roff();
    for (std::string_view line : base::split(text, '\n')) {
      roff_ += fmt::format("{}{}\n", line.starts_with('.') || line.starts_with('\'') ? "\\&" : "", line);
    }
    paragraph_.clear();
    is_after_break_ = false;
  }

  void open_section() {
    if (!has_section_) {
      roff_ += ".SH DESCRIPTION\n";
      has_section_ = true;
      is_after_break_ = true;
    }
  }

  static std::string literal(std::string_view line) {
    return fmt::format("{}{}\n", line.starts_with('.') || line.starts_with('\'') ? "\\&" : "",
                       roff_text(line));
  }

  std::string roff_;
  std::string paragraph_;
  std::size_t number_ = 0;
  bool is_literal_ = false;
  bool is_in_item_ = false;
  bool has_section_ = false;
  bool is_after_break_ = false;  ///< A paragraph here needs no .PP.
};

}  // namespace

std::string roff_text(std::string_view text) {
  std::string result;
  for (char character : text) {
    switch (character) {
      case '\\':
        result += "\\e";
        break;
      case '-':
        result += "\\-";
        break;
      case '\'':
        result += "\\(aq";
        break;
      case '`':
        result += "\\(ga";
        break;
      case '^':
        result += "\\(ha";
        break;
      case '~':
        result += "\\(ti";
        break;
      default:
        result += character;
    }
  }
  return result;
}

std::string roff_bold(std::string_view text) {
  return "\\fB" + roff_text(text) + "\\fR";
}

base::Result<std::string> roff_of_markdown(std::string_view markdown) {
  return Body().read(markdown);
}

}  // namespace attache::cli::manual
