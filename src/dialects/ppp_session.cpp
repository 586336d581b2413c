#include "dialects/ppp_session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/text.hpp"
#include "dialects/application.hpp"

namespace attache::dialects {

namespace {

using namespace std::chrono_literals;
namespace ppp = services::ppp;

constexpr std::string_view ppp_module = "ppp";
constexpr std::size_t most_unsent =
    64UL * 1024;  // Output that the host has not taken, before packets are lost.
constexpr auto registration_patience = 30s;
constexpr auto registration_pause = 1s;

// The whole number at the beginning of a text.
std::optional<int> leading_number(std::string_view text) {
  int number = 0;
  auto result = std::from_chars(text.data(), text.data() + text.size(), number);
  return result.ec == std::errc() ? std::optional(number) : std::nullopt;
}

std::string_view unquoted(std::string_view field) {
  field = base::trim(field);
  bool quoted = field.size() >= 2 && field.front() == '"' && field.back() == '"';
  return quoted ? field.substr(1, field.size() - 2) : field;
}

ppp::Authentication authentication_of(const std::string& word) {
  return word == "pap"    ? ppp::Authentication::pap
         : word == "chap" ? ppp::Authentication::chap
                          : ppp::Authentication::none;
}

}  // namespace

PppSession::PppSession(Application& application) : application_(application) {
  if (auto* pdn = application_.pdn()) {
    subscription_ = pdn->subscribe([this](int cid, bool up) { pdn_changed(cid, up); });
  }
  const auto& multiplexing = application_.dialect().multiplexing;
  if (multiplexing.channels != nullptr && application_.is_built(multiplexer_service)) {
    multiplexing_ = &application_.session<Multiplexing>();
    multiplexing_->set_reserved_channel_user(this);
  }
}

PppSession::~PppSession() = default;

const PppRules& PppSession::rules() const {
  return *application_.dialect().ppp;
}

std::string PppSession::status() const {
  std::string context = rules().shows_context ? fmt::format(",{}", cid_) : std::string();
  return fmt::format("#XPPP: {:d},{:d}{}", is_running(), peer_connected_, context);
}

void PppSession::set_own_line(at::HostLine& line) {
  own_line_ = &line;
  line.set_user(*this);
}

void PppSession::start(const HostChannel& channel, int cid) {
  told_ = channel;
  restarts_ = false;
  if (is_running()) {
    return;
  }
  cid_ = cid;
  mode_ = Mode::command;
  bool has_line_of_its_own =
      own_line_ != nullptr || (multiplexing_ != nullptr && multiplexing_->reserved_line() != nullptr);
  if (rules().takes_line_of_command && !has_line_of_its_own) {
    channel_ = channel;
  }
  if (has_address(cid)) {
    begin_starting();
    return;
  }
  waits_for_pdn_ = true;
  application_.journal().log(
      base::LogLevel::info, ppp_module,
      fmt::format("PPP waits: the context {} has no address; it starts when the PDN connection comes up",
                  cid));
}

void PppSession::stop(const HostChannel& channel) {
  told_ = channel;
  waits_for_pdn_ = false;
  restarts_ = false;
  begin_stopping(false);
}

bool PppSession::has_address(int cid) const {
  auto* pdn = application_.pdn();
  auto connection = pdn != nullptr ? pdn->connection(cid) : std::nullopt;
  return connection && (connection->ipv4 || connection->ipv6);
}

void PppSession::pdn_changed(int cid, bool up) {
  if (cid != cid_) {
    return;
  }
  if (!up) {
    // A face that carries packets tells it better.
    if (!face_ && is_running() && !has_address(cid)) {
      begin_stopping(false);
    }
    return;
  }
  bool wanted = rules().follows_pdn || waits_for_pdn_;
  if (wanted && !is_running() && has_address(cid)) {
    mode_ = Mode::command;
    begin_starting();
  } else if (wanted && state_ == State::stopping) {
    restarts_ = true;
  }
}

void PppSession::begin_starting() {
  waits_for_pdn_ = false;
  state_ = State::starting;
  application_.spawn(run(life_.begin()));
}

asio::awaitable<void> PppSession::run(base::Life::Token life) {
  Given given = co_await ask_what_the_network_gives();
  if (life_.is_over(life)) {
    co_return;
  }
  make_link(given);
  if (!link_) {
    state_ = State::stopped;
    co_return;
  }
  state_ = State::running;
  tell();
  take_line();
  link_->start(application_.clock().now());
  arm();
}

asio::awaitable<PppSession::Given> PppSession::ask_what_the_network_gives() {
  std::string line = fmt::format("AT+CGCONTRDP={}", cid_);
  modem::ModemReply reply = co_await application_.modem_line().ask(std::move(line));
  co_return parse_given(reply.text);
}

// A line for each family; that of IPv6 is the last, and its MTU counts (reference serial-modem-2.0/ppp.md 3).
PppSession::Given PppSession::parse_given(std::string_view reply) {
  constexpr std::size_t first_server = 5;
  constexpr std::size_t second_server = 6;
  constexpr std::size_t mtu_field = 11;
  constexpr int least_mtu = 576;
  constexpr int most_mtu = 1500;
  Given given;
  for (std::string_view line : base::split(reply, '\n')) {
    auto fields = base::split(base::trim(line), ',');
    for (std::size_t place : {first_server, second_server}) {
      boost::system::error_code failed;
      std::string text(place < fields.size() ? unquoted(fields[place]) : std::string_view());
      auto address = asio::ip::make_address(text, failed);
      if (!failed) {
        given.name_servers.push_back(address);
      }
    }
    auto mtu = fields.size() > mtu_field ? leading_number(base::trim(fields[mtu_field])) : std::nullopt;
    if (mtu && *mtu > 0) {
      given.mtu = static_cast<std::uint16_t>(std::clamp(*mtu, least_mtu, most_mtu));
    }
  }
  return given;
}

void PppSession::make_link(const Given& given) {
  auto connection = application_.pdn()->connection(cid_);
  if (!connection || (!connection->ipv4 && !connection->ipv6)) {
    return;
  }
  ppp::LinkSettings settings;
  settings.ipv4 = connection->ipv4;
  settings.ipv6 = connection->ipv6;
  settings.own = asio::ip::make_address_v4(std::string(net::packet_gateway));
  for (const net::Address& server : given.name_servers) {
    if (server.is_v4()) {
      settings.name_servers.push_back(server.to_v4());
    }
  }
  settings.mtu = given.mtu;
  settings.authentication = authentication_of(application_.options().ppp_authentication);
  settings.seed = static_cast<std::uint64_t>(application_.clock().now().time_since_epoch().count());
  ppp::PppLink::Outlets outlets;
  outlets.line = [this](std::string_view bytes) { write(bytes); };
  outlets.packet = [this](std::string_view packet) {
    if (face_) {
      face_->send(packet);
    }
  };
  outlets.connected = [this](bool is) { connected(is); };
  outlets.ended = [this](ppp::LinkEnd end) {
    later_ = application_.clock().call_after({}, [this, end] { ended(end); });
  };
  outlets.log = [this](std::string_view text) {
    application_.journal().log(base::LogLevel::info, ppp_module, std::string(text));
  };
  link_ = std::make_unique<ppp::PppLink>(settings, application_.clock().now(), std::move(outlets));
  link_->set_faults(faults_);
  open_face(given);
}

// Without a network of packets the link is there all the same, and packets go nowhere.
void PppSession::open_face(const Given& given) {
  net::PacketBearer* packets = application_.packets();
  if (packets == nullptr) {
    application_.journal().report(ppp_module,
                                  base::make_reason(base::Cause::network_failure, "packets of PPP go nowhere",
                                                    "the network of this device carries no IP packets", ""));
    return;
  }
  net::PacketFaceOptions options;
  options.cid = cid_;
  options.name_servers = given.name_servers;
  options.receiver = [this](std::string_view packet) {
    at::HostLine* on = line();
    if (link_ && on != nullptr && on->queued() <= most_unsent) {
      link_->send_packet(packet);
    }
  };
  options.ended = [this](const net::Failure& failure) {
    application_.journal().report(ppp_module, failure.reason);
    face_.reset();
    // On a channel of its own it begins again with the next PDN connection.
    waits_for_pdn_ = place_ == Place::reserved_channel;
    begin_stopping(has_address(cid_) && rules().follows_pdn);
  };
  auto face = packets->open_packets(std::move(options));
  if (!face) {
    application_.journal().report(ppp_module, face.error().reason);
    return;
  }
  face_ = std::move(*face);
}

at::HostLine* PppSession::line() const {
  switch (place_) {
    case Place::none:
      return nullptr;
    case Place::own_uart:
      return own_line_;
    case Place::reserved_channel:
      return multiplexing_->reserved_line();
    case Place::command:
      break;
  }
  return application_.channels().line_of(channel_);
}

void PppSession::take_line() {
  at::HostLine* reserved = multiplexing_ != nullptr ? multiplexing_->reserved_line() : nullptr;
  if (mode_ == Mode::command && reserved != nullptr) {
    place_ = Place::reserved_channel;
    reserved->set_user(*this);
    return;
  }
  if (mode_ == Mode::command && own_line_ != nullptr) {
    place_ = Place::own_uart;
    return;
  }
  if (!channel_.is_open()) {
    application_.journal().report(
        ppp_module,
        base::make_reason(base::Cause::wrong_uart, "PPP has no line",
                          "the build has it on a UART of its own, and there is none",
                          "Give the device a second `--port`, and set [dialect] ppp_port to its number; or "
                          "start CMUX first."));
    return;
  }
  place_ = Place::command;
  channel_.give_line(*this);
}

// A channel of a multiplexer that has been started while PPP waits for a peer is its line from now on.
void PppSession::reservation_changed() {
  bool is_reserved = multiplexing_->reserved_line() != nullptr;
  if (place_ == Place::reserved_channel) {
    place_ = Place::none;
    if (link_) {
      later_ = application_.clock().call_after({}, [this] { finish(); });
    }
  } else if (is_reserved && link_ && place_ == Place::none) {
    take_line();
    link_->restart(application_.clock().now());
    arm();
  }
}

void PppSession::write(std::string_view bytes) {
  if (at::HostLine* on = line()) {
    on->write(bytes);
  }
}

void PppSession::receive(std::string_view bytes) {
  if (link_ && state_ != State::starting) {
    link_->receive(bytes, application_.clock().now());
    arm();
  }
}

void PppSession::arm() {
  auto deadline = link_ ? link_->deadline() : std::nullopt;
  if (!deadline) {
    alarm_.cancel();
    return;
  }
  alarm_ = application_.clock().call_at(*deadline, [this] {
    if (link_) {
      link_->timeout(application_.clock().now());
      arm();
    }
  });
}

void PppSession::connected(bool is) {
  peer_connected_ = is;
  if (state_ == State::running) {
    tell();
  }
}

void PppSession::begin_stopping(bool restarts) {
  restarts_ = restarts;
  if (state_ == State::starting && !link_) {
    life_.end();
    state_ = State::stopped;
    return;
  }
  if (!is_running() || state_ == State::stopping) {
    return;
  }
  state_ = State::stopping;
  peer_connected_ = false;
  if (link_) {
    link_->terminate(application_.clock().now());
    arm();
  } else {
    finish();
  }
}

void PppSession::ended(ppp::LinkEnd end) {
  if (!link_) {
    return;
  }
  if (end == ppp::LinkEnd::peer_terminated) {
    application_.journal().log(base::LogLevel::info, ppp_module, "the peer has ended PPP");
    restarts_ = rules().follows_pdn && mode_ == Mode::command;
  }
  finish();
}

void PppSession::finish() {
  drop_link();
  state_ = State::stopped;
  tell();
  channel_ = mode_ == Mode::data_state || !rules().follows_pdn ? HostChannel() : channel_;
  if (std::exchange(restarts_, false) && has_address(cid_)) {
    begin_starting();
  }
}

void PppSession::drop_link() {
  life_.end();
  alarm_.cancel();
  later_.cancel();
  link_.reset();
  face_.reset();
  peer_connected_ = false;
  give_line_back();
}

// The channel silently takes commands again.
void PppSession::give_line_back() {
  Place place = std::exchange(place_, Place::none);
  if (place == Place::command) {
    channel_.take_line();
  } else if (place == Place::reserved_channel) {
    multiplexing_->release_reserved_line();
  }
}

void PppSession::tell() {
  if (mode_ == Mode::data_state) {
    return;
  }
  HostChannel to = told_;
  if (!to.is_open()) {
    application_.channels().for_each([&](const HostChannel& channel) { to = to.is_open() ? to : channel; });
  }
  application_.notices().tell(to, status());
}

void PppSession::line_gone() {
  place_ = Place::none;
  if (link_) {
    application_.journal().log(base::LogLevel::info, ppp_module, "the line of PPP has gone");
    later_ = application_.clock().call_after({}, [this] { finish(); });
  }
}

// Whoever comes next begins with commands, or with LCP on a UART that knows nothing else.
void PppSession::host_gone() {
  if (!link_ || place_ == Place::none) {
    return;
  }
  application_.journal().log(base::LogLevel::info, ppp_module, "the host has closed the port of PPP");
  if (place_ == Place::own_uart) {
    link_->restart(application_.clock().now());
    arm();
  } else {
    give_line_back();  // The next host's first command may be here already.
    later_ = application_.clock().call_after({}, [this] { finish(); });
  }
}

void PppSession::set_faults(const ppp::LinkFaults& faults) {
  faults_ = faults;
  if (link_) {
    link_->set_faults(faults);
  }
  application_.journal().log(base::LogLevel::info, ppp_module,
                             fmt::format("on purpose: echoes of LCP {}, IPV6CP {}",
                                         faults.echo_unanswered ? "are not answered" : "are answered",
                                         faults.ipv6cp_refused ? "is refused" : "is accepted"));
}

bool PppSession::terminate_by_network() {
  if (!link_ || state_ != State::running) {
    return false;
  }
  application_.journal().log(base::LogLevel::info, ppp_module, "on purpose: the network ends PPP");
  begin_stopping(false);
  return true;
}

bool PppSession::restart_peer() {
  if (!link_ || state_ != State::running) {
    return false;
  }
  application_.journal().log(base::LogLevel::info, ppp_module, "on purpose: PPP begins anew without a word");
  link_->restart(application_.clock().now());
  arm();
  return true;
}

void PppSession::close_because(std::string_view) {
  drop_link();
  state_ = State::stopped;
  waits_for_pdn_ = restarts_ = false;
}

void PppSession::close() {
  subscription_.reset();
  close_because({});
}

void PppSession::forget() {
  cid_ = 0;
  told_ = channel_ = HostChannel();
  mode_ = Mode::command;
}

asio::awaitable<void> PppSession::enter_data_state(int cid, Answer answer) {
  mode_ = Mode::data_state;
  waits_for_pdn_ = false;
  cid_ = cid;
  channel_ = answer.channel();
  if (multiplexing_ != nullptr) {
    multiplexing_->give_up_reservation();
  }
  state_ = State::starting;
  base::Life::Token life = life_.begin();
  auto obstacle = co_await wait_for_network(cid, life);
  Given given;
  if (!obstacle && !life_.is_over(life)) {
    given = co_await ask_what_the_network_gives();
  }
  if (!obstacle && !life_.is_over(life)) {
    make_link(given);
    if (!link_) {
      obstacle = base::make_reason(base::Cause::pdn_inactive, "no data state",
                                   fmt::format("the context {} has no address", cid), "");
    }
  }
  if (life_.is_over(life)) {
    answer.modem_error("NO CARRIER", base::make_reason(base::Cause::ended_by_host, "no data state",
                                                       "PPP was ended before it began", ""));
    co_return;
  }
  if (obstacle) {
    state_ = State::stopped;
    answer.modem_error("NO CARRIER", std::move(*obstacle));
    co_return;
  }
  state_ = State::running;
  // What has come behind the command is PPP's.
  answer.channel().write("\r\nCONNECT\r\n");
  take_line();
  answer.silence();
  link_->start(application_.clock().now());
  arm();
}

asio::awaitable<std::optional<base::Reason>> PppSession::wait_for_network(int cid, base::Life::Token life) {
  constexpr int home = 1;
  constexpr int roaming = 5;
  base::Time end = application_.clock().now() + registration_patience;
  auto status = co_await registration_status();
  while (status != home && status != roaming) {
    if (life_.is_over(life)) {
      co_return std::nullopt;
    }
    if (application_.clock().now() >= end) {
      co_return base::make_reason(base::Cause::not_registered_yet, "no data state",
                                  "the modem was not registered within 30 s",
                                  "AT+CEREG? shows its state; AT%XMONITOR the network");
    }
    co_await application_.clock().sleep_for(registration_pause);
    status = co_await registration_status();
  }
  if (life_.is_over(life) || has_address(cid)) {
    co_return std::nullopt;
  }
  auto refused = co_await activate(cid);
  co_return refused;
}

asio::awaitable<std::optional<int>> PppSession::registration_status() {
  modem::ModemReply reply = co_await application_.modem_line().ask("AT+CEREG?");
  auto fields = base::split(reply.text, ',');
  co_return fields.size() < 2 ? std::nullopt : leading_number(fields[1]);
}

asio::awaitable<std::optional<base::Reason>> PppSession::activate(int cid) {
  std::string line = fmt::format("AT+CGACT=1,{}", cid);
  modem::ModemReply reply = co_await application_.modem_line().ask(std::move(line));
  if (reply.final == modem::ModemReply::Final::ok) {
    co_return std::nullopt;
  }
  co_return reply.reason.value_or(base::make_reason(base::Cause::pdn_inactive, "no data state",
                                                    "the modem activates no such context", ""));
}

}  // namespace attache::dialects
