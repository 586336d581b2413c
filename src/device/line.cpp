#include "device/line.hpp"

#include <utility>
#include <vector>

namespace attache::device {

namespace {

constexpr std::size_t idle_read_size = 256;       // Most commands fit, and a waiting line costs no more.
constexpr std::size_t busy_read_size = 2048;      // Behind a read that was full.
constexpr std::size_t data_read_size = 8 * 1024;  // While data are carried.
constexpr std::size_t unread_limit = 64 * 1024;   // Output a host has not taken before its input waits.
constexpr std::string_view line_module = "uart";

}  // namespace

Line::Line(std::unique_ptr<serial::Port> port, std::size_t index, const LineSurroundings& surroundings,
           std::optional<bool> flow_control)
    : port_(std::move(port)), index_(index), near_(surroundings), flow_control_(flow_control) {
  port_->set_host_lines_handler([this](const base::HostLines& lines) {
    if (user_ != nullptr) {
      user_->host_lines_changed(lines);
    }
  });
  port_->set_presence_handler([this](bool present) {
    near_.events.tell(event::Host{index_, present});
    if (!present && user_ != nullptr) {
      user_->host_gone();
    }
    if (auto division = division_.lock()) {
      division->host_present(present);
    }
  });
}

bool Line::is_divided() const {
  auto division = division_.lock();
  return division && user_ == division.get();
}

bool Line::carries_data() const {
  return user_ != nullptr && user_->carries_data() && !is_divided();
}

boost::asio::awaitable<void> Line::serve() {
  std::vector<char> buffer(idle_read_size);
  while (std::size_t count = co_await port_->read_some(buffer)) {
    receive(std::string_view(buffer.data(), count));
    while (!closed_ && user_->backlog() > at::LineUser::backlog_limit) {
      co_await backlog_shrunk_.wait();
    }
    if (port_->queued() > unread_limit) {
      co_await port_->drained(unread_limit);
    }
    bool was_full = count == buffer.size();
    std::size_t size = user_->carries_data() ? data_read_size : was_full ? busy_read_size : idle_read_size;
    if (buffer.size() != size) {
      buffer = std::vector<char>(size);
    }
  }
}

void Line::close() {
  closed_ = true;
  port_->close();
  backlog_shrunk_.notify();
}

void Line::receive(std::string_view bytes) {
  if (!is_divided()) {
    near_.taps.tell({index_, false, carries_data(), bytes, 0, carries_ppp()});
  }
  user_->receive(bytes);
  tell_mode();
}

void Line::write(std::string_view bytes) {
  near_.taps.tell({index_, true, carries_data(), bytes, 0, carries_ppp()});
  port_->write(bytes);
  tell_mode();
}

// Data mode begins and ends with bytes of the host, or with an answer or URC.
void Line::tell_mode() {
  if (carries_data() != told_data_mode_) {
    told_data_mode_ = !told_data_mode_;
    near_.events.tell(event::DataMode{index_, told_data_mode_});
  }
}

void Line::set_baud(std::uint32_t baud) {
  if (auto set = port_->set_baud(baud); !set) {
    near_.journal.report(line_module, set.error());
  }
}

void Line::set_user(at::LineUser& user) {
  std::string rest = user_ != nullptr && user_ != &user ? user_->give_back() : std::string();
  user_ = &user;
  user_->line_taken();
  if (!rest.empty()) {
    user_->receive(rest);
  }
}

void Line::set_device_lines(const base::DeviceLines& lines) {
  if (auto set = port_->set_device_lines(lines); !set) {
    near_.journal.report(line_module, set.error());
  }
}

std::shared_ptr<at::LineDivision> Line::divide(const at::DivisionRules& rules, at::DivisionUser& user) {
  auto division = std::make_shared<DividedLine>(rules, user, *this, *port_, index_, near_);
  division_ = division;
  set_user(*division);
  return division;
}

}  // namespace attache::device
