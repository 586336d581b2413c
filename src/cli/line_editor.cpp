#include "cli/line_editor.hpp"

// Needs the above: it declares its functions with FILE.
#include <editline/readline.h>
#include <unistd.h>

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cstdio>
#include <cstdlib>
#include <deque>
#include <utility>

#include "client/input_lines.hpp"

namespace attache::cli {

namespace {

class EditedLines;

// The library calls functions without an argument of ours.
EditedLines* edited_lines = nullptr;

class EditedLines final : public LineSource {
 public:
  EditedLines(asio::io_context& context, std::string prompt, Completer completer)
      : input_(context, ::dup(STDIN_FILENO)), prompt_(std::move(prompt)), completer_(std::move(completer)) {
    edited_lines = this;
    rl_readline_name = "attache";
    rl_initialize();
    using_history();
    stifle_history(1000);
    rl_add_defun("attache-complete", on_tab, '\t');
    rl_callback_handler_install(prompt_.c_str(), on_line);
  }

  ~EditedLines() override {
    rl_callback_handler_remove();
    edited_lines = nullptr;
  }

  asio::awaitable<std::optional<std::string>> next() override {
    while (lines_.empty() && !ended_) {
      boost::system::error_code error;
      is_typing_ = true;
      co_await input_.async_wait(asio::posix::stream_descriptor::wait_read,
                                 asio::redirect_error(asio::use_awaitable, error));
      if (error) {
        ended_ = true;
        break;
      }
      rl_callback_read_char();
    }
    is_typing_ = false;
    if (lines_.empty()) {
      co_return std::nullopt;
    }
    std::string line = std::move(lines_.front());
    lines_.pop_front();
    co_return line;
  }

  void stop() override { input_.cancel(); }

  void hide() override {
    if (is_typing_) {
      std::fputs("\r\033[K", stdout);
    }
  }

  void show() override {
    std::fflush(stdout);
    if (is_typing_) {
      rl_forced_update_display();
    }
  }

  void remember(const std::string& line) override { add_history(line.c_str()); }

 private:
  static void on_line(char* line) {
    if (line == nullptr) {
      edited_lines->ended_ = true;
    } else {
      edited_lines->lines_.emplace_back(line);
    }
    std::free(line);
  }

  static int on_tab(int, int) {
    std::string line(rl_line_buffer, static_cast<std::size_t>(rl_point));
    std::string inserted = edited_lines->completer_(line);
    if (!inserted.empty()) {
      rl_insert_text(inserted.c_str());
    }
    rl_forced_update_display();
    return 0;
  }

  asio::posix::stream_descriptor input_;
  std::string prompt_;
  Completer completer_;
  std::deque<std::string> lines_;
  bool ended_ = false;
  bool is_typing_ = false;
};

class PlainLines final : public LineSource {
 public:
  explicit PlainLines(asio::io_context& context) : input_(context, STDIN_FILENO) {}
  asio::awaitable<std::optional<std::string>> next() override { return input_.next(); }
  void stop() override { input_.stop(); }

 private:
  client::InputLines input_;
};

}  // namespace

std::unique_ptr<LineSource> edit_lines(asio::io_context& context, const std::string& prompt,
                                       Completer completer) {
  return std::make_unique<EditedLines>(context, prompt, std::move(completer));
}

std::unique_ptr<LineSource> read_lines(asio::io_context& context) {
  return std::make_unique<PlainLines>(context);
}

}  // namespace attache::cli
