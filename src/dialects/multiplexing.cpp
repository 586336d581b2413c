#include "dialects/multiplexing.hpp"

#include <fmt/format.h>

#include <boost/asio/post.hpp>
#include <utility>

namespace attache::dialects {

namespace {

constexpr std::string_view cmux_module = "cmux";
constexpr unsigned usual_trace_channel = 3;
constexpr std::size_t most_unread = 4096;  // SLM_CMUX_TX_BUFFER_SIZE.

// Of channels 1 and 2.
unsigned other_of(unsigned number) {
  return number == 1 ? 2 : 1;
}

bool takes_notifications(const HostChannel& context) {
  return context.has_line() && !context.in_data_mode();
}

}  // namespace

Multiplexing::Multiplexing(Application& application) : application_(application) {
  application_.channels().set_enabled_handler([this](bool enabled) {
    if (division_) {
      division_->set_enabled(enabled);
    }
  });
}

Multiplexing::~Multiplexing() {
  application_.channels().set_enabled_handler(nullptr);
}

unsigned Multiplexing::channel_count() const {
  return application_.dialect().multiplexing.channels(application_);
}

void Multiplexing::start(const HostChannel& channel, bool reserves) {
  at::HostLine* line = application_.channels().line_of(channel);
  if (line == nullptr || division_) {
    return;
  }
  const DialectOptions& options = application_.options();
  at::DivisionRules rules;
  rules.channels = channel_count();
  rules.frame_size = options.cmux_frame_size;
  rules.saves_power = application_.dialect().multiplexing.saves_power;
  rules.ends_by_host = application_.dialect().multiplexing.ends_by_host;
  rules.whole_standard = options.cmux_whole_standard;
  rules.outlives_host = options.cmux_outlives_host;
  division_ = line->divide(rules, *this);
  if (!division_) {
    return;
  }
  whole_ = line;
  application_.journal().log(base::LogLevel::info, cmux_module,
                             fmt::format("started: AT on DLC {}, {} channels, N1 {}", at_channel_,
                                         rules.channels, rules.frame_size));
  application_.channels().move(channel, division_->line(at_channel_));
  contexts_[at_channel_] = channel;
  application_.notices().select_urc_channels([this] { return urc_channels(); });
  if (reserves && application_.is_built(ppp_service)) {
    reserve(other_of(at_channel_));
  }
  if (reserves && application_.is_built(trace_service) && rules.channels >= usual_trace_channel) {
    trace_ = usual_trace_channel;
  }
  division_->begin();
}

void Multiplexing::end_soon() {
  division_->end_soon();
}

void Multiplexing::channel_opened(unsigned number) {
  bool takes_commands = application_.dialect().multiplexing.every_channel_takes_commands;
  if (takes_commands && number != reserved_ && number != trace_ && !contexts_.contains(number)) {
    add_context(number);
  }
}

void Multiplexing::add_context(unsigned number) {
  at::HostLine& line = division_->line(number);
  at::Channel& context = application_.add_channel(line);
  contexts_[number] = application_.channels().handle(context);
  line.set_user(context);
}

void Multiplexing::remove_context(unsigned number) {
  auto context = contexts_.extract(number);
  if (context.empty()) {
    return;
  }
  division_->take_user(number);
  if (at::Channel* channel = application_.channels().find(context.mapped().id())) {
    application_.remove_channel(*channel);
  }
}

// The last context stays, and its channel may be opened again.
void Multiplexing::channel_closed(unsigned number) {
  bool every = application_.dialect().multiplexing.every_channel_takes_commands;
  if (auto context = contexts_.find(number);
      context != contexts_.end() && (contexts_.size() == 1 || !every)) {
    application_.channels().move(context->second, division_->line(number));
  } else {
    remove_context(number);
  }
}

void Multiplexing::move_at_channel(const HostChannel& channel, unsigned number) {
  auto from = number_of(channel);
  at_channel_ = number;
  trace_ = trace_ == number ? std::nullopt : trace_;
  if (!from || *from == number) {
    return;
  }
  remove_context(number);
  contexts_.erase(*from);
  division_->take_user(*from);
  application_.channels().move(channel, division_->line(number));
  contexts_[number] = channel;
  if (application_.is_built(ppp_service)) {
    reserve(other_of(number));
    reserved_for_a_while_ = true;
  }
  if (division_->is_open(*from)) {
    channel_opened(*from);
  }
}

void Multiplexing::fall_back() {
  auto context = contexts_.find(at_channel_);
  if (division_ && context != contexts_.end()) {
    HostChannel channel = context->second;
    move_at_channel(channel, 1);
  }
}

bool Multiplexing::may_carry_trace(unsigned number, const HostChannel& asking) const {
  auto context = contexts_.find(number);
  bool takes_commands =
      context == contexts_.end() || (context->second.has_line() && !(context->second == asking));
  return number != reserved_ && takes_commands;
}

// The one that has carried it takes commands again.
void Multiplexing::set_trace_channel(unsigned number) {
  auto before = std::exchange(trace_, number);
  remove_context(number);
  if (before && before != number && division_->is_open(*before)) {
    channel_opened(*before);
  }
}

std::optional<unsigned> Multiplexing::number_of(const HostChannel& channel) const {
  for (const auto& [number, context] : contexts_) {
    if (context == channel) {
      return number;
    }
  }
  return std::nullopt;
}

void Multiplexing::reserve(std::optional<unsigned> number) {
  reserved_ = number;
  reserved_for_a_while_ = false;
  if (number) {
    trace_ = trace_ == number ? std::nullopt : trace_;
    remove_context(*number);
  }
  if (reserved_user_ != nullptr) {
    reserved_user_->reservation_changed();
  }
}

at::HostLine* Multiplexing::reserved_line() const {
  return division_ && reserved_ ? &division_->line(*reserved_) : nullptr;
}

bool Multiplexing::is_reserved_line_open() const {
  return division_ && reserved_ && division_->is_open(*reserved_);
}

void Multiplexing::release_reserved_line() {
  if (reserved_for_a_while_) {
    give_up_reservation();
  } else if (division_ && reserved_) {
    division_->take_user(*reserved_);
  }
}

void Multiplexing::give_up_reservation() {
  if (!division_ || !reserved_) {
    return;
  }
  unsigned number = *reserved_;
  division_->take_user(number);
  reserve(std::nullopt);
  if (division_->is_open(number)) {
    channel_opened(number);
  }
}

void Multiplexing::write_to_last(std::string_view text) {
  if (!division_ || !division_->is_open(channel_count())) {
    return;
  }
  at::HostLine& line = division_->line(channel_count());
  if (line.queued() + text.size() <= most_unread) {
    line.write(text);
  }
}

// In the order of their numbers.
std::vector<HostChannel> Multiplexing::urc_channels() const {
  std::vector<HostChannel> chosen;
  if (urc_channel_ != 0 && urc_channel_ != all_channels) {
    if (auto context = contexts_.find(urc_channel_); context != contexts_.end()) {
      chosen.push_back(context->second);
    }
    return chosen;
  }
  HostChannel oldest;
  for (const auto& [number, context] : contexts_) {
    if (takes_notifications(context) && (chosen.empty() || urc_channel_ == all_channels)) {
      chosen.push_back(context);
    }
    oldest = !oldest.is_open() || context.id() < oldest.id() ? context : oldest;
  }
  if (chosen.empty() && urc_channel_ == 0) {
    chosen.push_back(oldest);
  }
  return chosen;
}

// Who goes back to the plain line: the channel of notifications.
HostChannel Multiplexing::survivor() const {
  auto chosen = urc_channels();
  if (!chosen.empty()) {
    return chosen.front();
  }
  return contexts_.empty() ? HostChannel() : contexts_.begin()->second;
}

void Multiplexing::port_lines_changed(const base::HostLines& lines) {
  if (auto* changed = application_.dialect().host_lines_changed) {
    changed(application_, survivor(), lines);
  }
}

void Multiplexing::division_ended() {
  return_to_line();
}

void Multiplexing::return_to_line() {
  HostChannel stays = survivor();
  std::vector<unsigned> others;
  for (const auto& [number, context] : contexts_) {
    if (!(context == stays)) {
      others.push_back(number);
    }
  }
  for (unsigned number : others) {
    remove_context(number);
  }
  // What is under way in it ends first.
  boost::asio::post(application_.clock().context(), [ended = std::exchange(division_, nullptr)] {});
  reserve(std::nullopt);
  trace_.reset();
  contexts_.clear();
  at_channel_ = 1;
  application_.notices().select_urc_channels(nullptr);
  application_.channels().move(stays, *std::exchange(whole_, nullptr));
  application_.notices().look_at(stays);
}

void Multiplexing::close() {
  if (division_) {
    division_->end_now();
  }
}

void Multiplexing::forget() {
  if (division_) {
    division_->end_now();
    return_to_line();
  }
  at_channel_ = 1;
  urc_channel_ = 0;
}

}  // namespace attache::dialects
