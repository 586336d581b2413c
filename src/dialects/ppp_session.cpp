#include "dialects/ppp_session.hpp"

#include <fmt/format.h>

#include <functional>
#include <utility>

#include "dialects/application.hpp"

namespace attache::dialects {

namespace {

using namespace std::chrono_literals;
namespace ppp = services::ppp;

constexpr std::string_view ppp_module = "ppp";
constexpr std::size_t most_unsent =
    64UL * 1024;  // Output that the host has not taken, before packets are lost.

// Null if the build has none.
Multiplexing* multiplexing_of(Application& application) {
  bool is_built =
      application.dialect().multiplexing.channels != nullptr && application.is_built(multiplexer_service);
  return is_built ? &application.session<Multiplexing>() : nullptr;
}

}  // namespace

PppSession::PppSession(Application& application)
    : application_(application),
      network_(application),
      multiplexing_(multiplexing_of(application)),
      line_(application, multiplexing_, *this) {
  if (auto* pdn = application_.pdn()) {
    subscription_ = pdn->subscribe([this](int cid, bool up) { pdn_changed(cid, up); });
  }
  if (multiplexing_ != nullptr) {
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
  line_.set_own_uart(line);
}

void PppSession::start(const HostChannel& channel, int cid) {
  told_ = channel;
  restarts_ = false;
  if (is_running()) {
    return;
  }
  cid_ = cid;
  mode_ = Mode::command;
  if (rules().takes_line_of_command && !line_.has_own()) {
    channel_ = channel;
  }
  if (network_.connection(cid)) {
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

void PppSession::pdn_changed(int cid, bool up) {
  if (cid != cid_) {
    return;
  }
  if (!up) {
    // A face that carries packets tells it better.
    if (!face_ && is_running() && !network_.connection(cid)) {
      begin_stopping(false);
    }
    return;
  }
  bool wanted = rules().follows_pdn || waits_for_pdn_;
  if (wanted && !is_running() && network_.connection(cid)) {
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
  PppNetworkParameters given = co_await network_.parameters(cid_);
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
  line_.take(mode_ == Mode::command, channel_);
  link_->start(application_.clock().now());
  arm();
}

void PppSession::make_link(const PppNetworkParameters& given) {
  auto connection = network_.connection(cid_);
  if (!connection) {
    return;
  }
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
  link_ = std::make_unique<ppp::PppLink>(network_.link_settings(*connection, given),
                                         application_.clock().now(), std::move(outlets));
  link_->set_faults(faults_);
  open_face(given);
}

// Without a network of packets the link is there all the same, and packets go nowhere.
void PppSession::open_face(const PppNetworkParameters& given) {
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
    at::HostLine* on = line_.line();
    if (link_ && on != nullptr && on->queued() <= most_unsent) {
      link_->send_packet(packet);
    }
  };
  options.ended = [this](const net::Failure& failure) {
    application_.journal().report(ppp_module, failure.reason);
    face_.reset();
    // On a channel of its own it begins again with the next PDN connection.
    waits_for_pdn_ = line_.place() == PppLine::Place::reserved_channel;
    begin_stopping(network_.connection(cid_) && rules().follows_pdn);
  };
  auto face = packets->open_packets(std::move(options));
  if (!face) {
    application_.journal().report(ppp_module, face.error().reason);
    return;
  }
  face_ = std::move(*face);
}

// A channel of a multiplexer that has been started while PPP waits for a peer is its line from now on.
void PppSession::reservation_changed() {
  bool is_reserved = multiplexing_->reserved_line() != nullptr;
  if (line_.place() == PppLine::Place::reserved_channel) {
    line_.forget();
    if (link_) {
      later_ = application_.clock().call_after({}, [this] { finish(); });
    }
  } else if (is_reserved && link_ && line_.place() == PppLine::Place::none) {
    line_.take(mode_ == Mode::command, channel_);
    link_->restart(application_.clock().now());
    arm();
  }
}

void PppSession::write(std::string_view bytes) {
  if (at::HostLine* on = line_.line()) {
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
    restarts_ = rules().follows_pdn && mode_ == Mode::command && !application_.options().ppp_stops_with_peer;
  }
  finish();
  if (end == ppp::LinkEnd::peer_terminated && multiplexing_ != nullptr &&
      application_.options().cmux_falls_back) {
    multiplexing_->fall_back();
  }
}

void PppSession::finish() {
  drop_link();
  state_ = State::stopped;
  tell();
  channel_ = mode_ == Mode::data_state || !rules().follows_pdn ? HostChannel() : channel_;
  if (std::exchange(restarts_, false) && network_.connection(cid_)) {
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
  line_.give_back();
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
  line_.forget();
  if (link_) {
    application_.journal().log(base::LogLevel::info, ppp_module, "the line of PPP has gone");
    later_ = application_.clock().call_after({}, [this] { finish(); });
  }
}

// Whoever comes next begins with commands, or with LCP on a UART that knows nothing else.
void PppSession::host_gone() {
  if (!link_ || line_.place() == PppLine::Place::none) {
    return;
  }
  application_.journal().log(base::LogLevel::info, ppp_module, "the host has closed the port of PPP");
  if (line_.place() == PppLine::Place::own_uart) {
    link_->restart(application_.clock().now());
    arm();
  } else {
    line_.give_back();  // The next host's first command may be here already.
    later_ = application_.clock().call_after({}, [this] { finish(); });
  }
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
  std::function<bool()> is_over = [this, life] { return life_.is_over(life); };
  auto obstacle = co_await network_.wait_for(cid, is_over);
  PppNetworkParameters given;
  if (!obstacle && !life_.is_over(life)) {
    given = co_await network_.parameters(cid);
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
  line_.take(mode_ == Mode::command, channel_);
  answer.silence();
  link_->start(application_.clock().now());
  arm();
}

}  // namespace attache::dialects
