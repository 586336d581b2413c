#include "serial/port_spec.hpp"

#include <fmt/format.h>

#include <array>
#include <span>

#include "base/text.hpp"

namespace attache::serial {

namespace {

constexpr std::uint32_t lowest_baud = 50;
constexpr std::uint32_t highest_baud = 4'000'000;
constexpr std::string_view loopback = "127.0.0.1";

struct KindName {
  std::string_view name;
  PortSpec::Kind kind;
  std::string_view form;
};

constexpr std::array<KindName, 5> kinds{{
    {"pty", PortSpec::Kind::pty, "pty:LINK"},
    {"tty", PortSpec::Kind::tty, "tty:DEVICE[@BAUD][,rtscts]"},
    {"tcp", PortSpec::Kind::tcp, "tcp:HOST:PORT"},
    {"unix", PortSpec::Kind::unix_socket, "unix:PATH"},
    {"stdio", PortSpec::Kind::stdio, "stdio"},
}};
constexpr std::array<std::string_view, 5> kind_names{"pty", "tty", "tcp", "unix", "stdio"};
constexpr std::array<std::string_view, 4> role_names{"at", "log", "uart0", "uart2"};
constexpr std::array<std::string_view, 1> tty_options{"rtscts"};

std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates) {
  auto likely = base::nearest(word, candidates);
  return likely ? fmt::format(" Did you mean {}?", *likely) : std::string();
}

/// Reads a SPEC from left to right; what is not read yet is a view into the text, so that every fault has
/// its column.
class SpecReader {
 public:
  explicit SpecReader(std::string_view text) : text_(text), rest_(text) {}

  base::Result<PortSpec> read() {
    for (auto step : {&SpecReader::read_role, &SpecReader::read_kind, &SpecReader::read_target}) {
      if (auto done = (this->*step)(); !done) {
        return done.error();
      }
    }
    return spec_;
  }

 private:
  using Step = base::Result<void>;

  [[nodiscard]] base::Reason fault(std::string_view at, std::string why, std::string advice = {}) const {
    if (advice.empty()) {
      advice =
          "known ports: pty:LINK, tty:DEVICE[@BAUD][,rtscts], tcp:HOST:PORT, unix:PATH, stdio; before "
          "them at=, log=, uart0= or uart2=; after pty, tcp and unix @BAUD paces the line";
    }
    base::Reason reason = base::make_reason(fmt::format("\"{}\" names no port", base::escape_control(text_)),
                                            std::move(why), std::move(advice));
    reason.excerpt = text_;
    reason.column = static_cast<std::size_t>(at.data() - text_.data()) + 1;
    return reason;
  }

  Step read_role() {
    std::size_t equals = rest_.find('=');
    if (equals == std::string_view::npos || equals > rest_.find(':')) {
      return {};
    }
    std::string_view role = rest_.substr(0, equals);
    if (role == "log") {
      spec_.role = PortSpec::Role::log;
    } else if (role == "uart0" || role == "uart2") {
      spec_.uart = role == "uart0" ? 0 : 2;
    } else if (role != "at") {
      return fault(rest_, fmt::format("a port cannot be \"{}=\": at=, log=, uart0= or uart2=.{}", role,
                                      did_you_mean(role, role_names)));
    }
    rest_.remove_prefix(equals + 1);
    return {};
  }

  Step read_kind() {
    std::string_view name = rest_.substr(0, rest_.find_first_of(":@,/"));
    for (const KindName& known : kinds) {
      if (known.name == name) {
        return start_target(known);
      }
    }
    if (rest_.empty()) {
      return fault(rest_, "nothing is named");
    }
    if (rest_.substr(name.size()).starts_with('/')) {
      return fault(rest_, "the kind of port is missing before the path: pty:, tty: or unix:");
    }
    return fault(rest_,
                 fmt::format("there is no kind of port \"{}\".{}", name, did_you_mean(name, kind_names)));
  }

  Step start_target(const KindName& known) {
    spec_.kind = known.kind;
    rest_.remove_prefix(known.name.size());
    if (spec_.kind == PortSpec::Kind::stdio) {
      return rest_.empty() ? Step{} : Step{fault(rest_, "nothing may follow stdio")};
    }
    if (rest_.size() < 2 || rest_.front() != ':') {
      return fault(rest_.substr(rest_.starts_with(':') ? 1 : 0),
                   fmt::format("what follows {}: is missing: {}", known.name, known.form));
    }
    rest_.remove_prefix(1);
    return {};
  }

  Step read_target() {
    switch (spec_.kind) {
      case PortSpec::Kind::tty:
        return read_device();
      case PortSpec::Kind::tcp:
        return read_tcp();
      case PortSpec::Kind::pty:
      case PortSpec::Kind::unix_socket:
        return read_path();
      case PortSpec::Kind::stdio:
        break;
    }
    return {};
  }

  Step read_path() {
    // A path may contain @ itself; only one that a number follows names a rate.
    std::size_t at = rest_.rfind('@');
    if (at != std::string_view::npos && at + 1 < rest_.size() && rest_[at + 1] >= '0' &&
        rest_[at + 1] <= '9' && rest_.find('/', at) == std::string_view::npos) {
      return take_target(rest_.substr(0, at), rest_.substr(at + 1));
    }
    return take_target(rest_, {});
  }

  Step read_device() {
    std::size_t comma = rest_.find(',');
    if (comma != std::string_view::npos) {
      if (auto done = read_option(rest_.substr(comma + 1)); !done) {
        return done;
      }
    }
    std::string_view device = rest_.substr(0, comma);
    std::size_t at = device.rfind('@');
    if (at == std::string_view::npos) {
      return take_target(device, {});
    }
    return take_target(device.substr(0, at), device.substr(at + 1));
  }

  Step read_option(std::string_view option) {
    if (option != "rtscts") {
      return fault(option, fmt::format("tty has no option \"{}\", only rtscts.{}", option,
                                       did_you_mean(option, tty_options)));
    }
    spec_.rtscts = true;
    return {};
  }

  Step read_tcp() {
    std::size_t at = rest_.find('@');
    std::string_view where = rest_.substr(0, at);
    std::size_t colon = where.rfind(':');
    // tcp:PORT alone: the loopback address.
    std::string_view host = colon == std::string_view::npos ? where.substr(0, 0) : where.substr(0, colon);
    std::string_view port = colon == std::string_view::npos ? where : where.substr(colon + 1);
    if (where.starts_with('[') && where.ends_with(']')) {
      port = where.substr(where.size());
    }
    auto number = base::parse_number<std::uint16_t>(port);
    if (!number) {
      return fault(port, port.empty() ? "the port number is missing: tcp:HOST:PORT; 0 is any free one"
                                      : fmt::format("\"{}\" is no port number from 0 to 65535", port));
    }
    spec_.port = *number;
    return read_host(host, at == std::string_view::npos ? std::string_view{} : rest_.substr(at + 1));
  }

  Step read_host(std::string_view host, std::string_view baud) {
    if (host.empty()) {
      return take_target(loopback, baud);
    }
    if (host.front() == '[') {
      if (host.back() != ']' || host.size() < 3) {
        return fault(host, "the IPv6 address has no closing bracket: tcp:[::1]:PORT");
      }
      return take_target(host.substr(1, host.size() - 2), baud);
    }
    if (host.find(':') != std::string_view::npos) {
      return fault(host, "an IPv6 address needs brackets: tcp:[::1]:PORT");
    }
    return take_target(host, baud);
  }

  // `baud` is a part of the text that follows an @, or a null view if there is none.
  Step take_target(std::string_view target, std::string_view baud) {
    if (target.empty()) {
      return fault(rest_, "the path is missing before @");
    }
    if (target.find('\0') != std::string_view::npos) {
      return fault(target, "a path cannot contain a NUL byte");
    }
    spec_.target = target;
    if (baud.data() == nullptr) {
      return {};
    }
    spec_.baud = base::parse_number<std::uint32_t>(baud);
    if (!spec_.baud || *spec_.baud < lowest_baud || *spec_.baud > highest_baud) {
      return fault(baud, fmt::format("\"{}\" is not a line rate: a number from {} to {}", baud, lowest_baud,
                                     highest_baud));
    }
    return {};
  }

  std::string_view text_;
  std::string_view rest_;
  PortSpec spec_;
};

}  // namespace

base::Result<PortSpec> parse_port_spec(std::string_view text) {
  return SpecReader(text).read();
}

}  // namespace attache::serial
