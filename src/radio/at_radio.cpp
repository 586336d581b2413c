#include "radio/at_radio.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "at/command_line.hpp"
#include "base/text.hpp"

namespace attache::radio {

namespace {

using namespace std::chrono_literals;

constexpr std::string_view radio_module = "radio";
constexpr std::string_view address_question = "AT+CGPADDR";
constexpr std::string_view credential_question = "AT%CMNG=1";
constexpr base::Duration waiting_period = 2s;   // While the modem is to register.
constexpr base::Duration settled_period = 15s;  // While nothing is expected to change.

bool is_one_of(std::string_view name, std::initializer_list<std::string_view> names) {
  return std::any_of(names.begin(), names.end(),
                     [&](std::string_view known) { return base::equal_ignoring_case(known, name); });
}

// A set command's line cut into its name and parameters.
struct SetCommand {
  explicit SetCommand(std::string_view line) {
    at::CommandLine cut = at::cut_command(line);
    name = cut.name;
    if (cut.type == at::CommandType::set) {
      auto fields = base::split(line.substr(std::min(cut.parameters, line.size())), ',');
      first = base::trim(fields[0]);
      second = fields.size() > 1 ? base::trim(fields[1]) : std::string_view();
      is_set = cut.has_equals;
    }
  }
  std::string_view name;
  std::string_view first;
  std::string_view second;
  bool is_set = false;
};

bool switches_off(const SetCommand& command) {
  bool is_mode = is_one_of(command.name, {"+CFUN"}) && command.is_set;
  return (is_mode && (command.first == "0" || command.first == "15" || command.second == "1")) ||
         is_one_of(command.name, {"+CPOF"});
}

bool changes_credentials(const SetCommand& command) {
  return is_one_of(command.name, {"%KEYGEN"}) || (is_one_of(command.name, {"%CMNG"}) && command.is_set &&
                                                  command.first != "1" && command.first != "2");
}

// What would turn the AT port into something else.
bool takes_port_away(const SetCommand& command, std::string_view line) {
  constexpr std::string_view calls = "DAO";
  bool is_call = line.size() > 2 && calls.find(static_cast<char>(line[2] & ~0x20)) != std::string_view::npos;
  return is_call || (command.is_set && is_one_of(command.name, {"+IPR", "+ICF", "+IFC", "+CMUX", "+CGDATA"}));
}

std::string meaning_of_mode(int mode) {
  switch (mode) {
    case 0:
      return "CFUN is 0 (off)";
    case 4:
      return "CFUN is 4 (flight mode)";
    default:
      return fmt::format("CFUN is {}: LTE is off", mode);
  }
}

constexpr std::string_view comes_by_itself =
    "It comes by itself when the modem has registered; AT+CEREG? tells.";

modem::Obstacle without_registration(std::optional<int> status) {
  switch (status.value_or(-1)) {
    case 0:
      return {"the modem is not registered and does not search", "Look at AT+CEREG?, AT+COPS? and the SIM.",
              base::Cause::not_registered_yet};
    case 2:
      return {"the modem is searching for a network", std::string(comes_by_itself),
              base::Cause::not_registered_yet};
    case 3:
      return {"the network has refused the registration", "Its cause stands in AT+CEREG=3 and AT+CEER.",
              base::Cause::registration_denied};
    case 90:
      return {"the SIM has failed", "Look at the SIM and its contacts.", base::Cause::sim_failure};
    default:
      return {"the modem is not registered", std::string(comes_by_itself), base::Cause::not_registered_yet};
  }
}

}  // namespace

AtRadio::AtRadio(const AtRadioOptions& options, std::unique_ptr<serial::Port> port, AtLink::Open open,
                 base::Clock& clock, base::Journal& journal)
    : options_(options),
      clock_(clock),
      journal_(journal),
      link_(std::make_shared<AtLink>(std::move(open), clock, journal, static_cast<AtLink::Listener&>(*this),
                                     options.timeout)) {
  link_->start(std::move(port));
}

AtRadio::~AtRadio() {
  close();
}

void AtRadio::close() {
  next_round_.cancel();
  link_->close();
}

// ---- Lines ----------------------------------------------------------------------------------------------

void AtRadio::execute(std::string_view line, std::function<void(modem::ModemReply)> done) {
  auto objection = objection_to(line);
  if (!objection) {
    link_->execute(line, [this, line = std::string(line), done = std::move(done)](modem::ModemReply reply) {
      give(std::move(reply), line, done);
    });
    return;
  }
  modem::ModemReply reply;
  reply.final = modem::ModemReply::Final::error;
  reply.reason = std::move(objection);
  link_->answer(std::move(reply), std::move(done));
}

// What a host does next may need to be known before it has its answer: the next line may open a socket.
void AtRadio::give(modem::ModemReply reply, std::string_view line,
                   const std::function<void(modem::ModemReply)>& done) {
  std::string_view question = question_behind(line, reply);
  if (question.empty() || !link_->is_joined()) {
    done(std::move(reply));
    return;
  }
  link_->execute_next(question, [done, reply = std::move(reply)](const modem::ModemReply&) { done(reply); });
}

std::string_view AtRadio::question_behind(std::string_view line, const modem::ModemReply& reply) const {
  SetCommand given(line);
  if (lacks_address() && is_one_of(given.name, {"+CEREG", "+COPS", "+CGATT", "+CGACT", "+CFUN"})) {
    return address_question;
  }
  return reply.final == modem::ModemReply::Final::ok && changes_credentials(given) ? credential_question
                                                                                   : std::string_view();
}

std::optional<base::Reason> AtRadio::objection_to(std::string_view line) const {
  SetCommand command(line);
  if (takes_port_away(command, line)) {
    return base::make_reason(
        "not passed on to the modem",
        fmt::format("it would change the AT port at {}, over which Attaché talks to the modem",
                    link_->address()),
        "The data of this device go through this machine's network; the port is set in [radio] at.");
  }
  if (!options_.allow_power && switches_off(command)) {
    return base::make_reason("not passed on to the modem",
                             "it would switch off a real modem, and [radio] allow_power is false",
                             "Use AT+CFUN=4, or set allow_power = true in the configuration.");
  }
  return std::nullopt;
}

void AtRadio::set_notification_handler(std::function<void(std::string_view urc)> handler) {
  on_notification_ = std::move(handler);
}

// Whoever may switch it off has done so before (AT+CFUN=0): it has no volatile state then.
void AtRadio::restart() {
  if (!options_.allow_power) {
    journal_.report(radio_module,
                    base::make_reason("the modem has not been restarted",
                                      "it is a real one, and [radio] allow_power is false",
                                      "What it was told, subscriptions to URCs too, stays as it is."));
  }
  want_what_changes();
}

std::optional<base::WallTime> AtRadio::time() const {
  if (!state_.date) {
    return std::nullopt;
  }
  auto since = clock_.now() - state_.date->read;
  return state_.date->utc + std::chrono::duration_cast<base::WallTime::duration>(since);
}

// ---- What is known --------------------------------------------------------------------------------------

std::optional<modem::PdnConnection> AtRadio::connection(int cid) const {
  auto found = state_.active.find(cid);
  if (found == state_.active.end() && cid == 0) {
    found = state_.active.begin();
  }
  return found != state_.active.end() ? std::optional(found->second) : std::nullopt;
}

modem::Obstacle AtRadio::obstacle() const {
  if (connection(0)) {
    return {};
  }
  if (lost_) {
    return {base::summary(*lost_), lost_->advice, lost_->cause};
  }
  if (!is_surveyed_) {
    return {"the modem is being asked for its state", "Wait a moment."};
  }
  if (!state_.lte_active()) {
    return {meaning_of_mode(state_.functional_mode), "Switch the radio on with AT+CFUN=1.",
            base::Cause::radio_off};
  }
  if (state_.functional_mode == ModemState::receive_only) {
    return {"CFUN is 2 (receive only)", "Switch transmission on with AT+CFUN=1.", base::Cause::radio_off};
  }
  if (state_.is_registered()) {
    return {"the modem is registered and has no address (AT+CGPADDR)", "Look at the APN: AT+CGDCONT?.",
            base::Cause::wrong_apn};
  }
  if (!state_.pin.empty() && state_.pin != "READY") {
    return {fmt::format("the SIM waits for its {}", state_.pin.substr(state_.pin.find(' ') + 1)),
            R"(Give it with AT+CPIN="<PIN>".)", base::Cause::sim_pin};
  }
  return without_registration(state_.registration);
}

int AtRadio::registration_status() const {
  constexpr int unknown = 4;
  return state_.registration.value_or(state_.lte_active() ? unknown : 0);
}

std::optional<modem::CredentialBundle> AtRadio::bundle(std::uint32_t sec_tag) const {
  if (!state_.sec_tags.contains(sec_tag)) {
    return std::nullopt;
  }
  modem::CredentialBundle bundle;
  bundle.kept_in_modem = true;
  return bundle;
}

bool AtRadio::gnss_active() const {
  return state_.has_gnss && (state_.functional_mode == 1 || state_.functional_mode == 31);
}

// Handlers see the state with what ended gone and what began not there yet, then as it is.
void AtRadio::change(const std::function<void(ModemState&)>& hear) {
  auto before = state_.active;
  int status = registration_status();
  hear(state_);
  if (registration_status() != status) {
    registration_handlers_.call();
  }
  auto after = state_.active;
  auto stays = [](const auto& contexts, const auto& entry) {
    auto found = contexts.find(entry.first);
    return found != contexts.end() && found->second.ipv4 == entry.second.ipv4 &&
           found->second.ipv6 == entry.second.ipv6;
  };
  std::erase_if(state_.active, [&](const auto& entry) { return !stays(before, entry); });
  for (const auto& entry : before) {
    if (!stays(after, entry)) {
      pdn_handlers_.call(entry.first, false);
    }
  }
  state_.active = after;
  for (const auto& entry : after) {
    if (!stays(before, entry)) {
      pdn_handlers_.call(entry.first, true);
      want({Question::contexts, Question::date});
    }
  }
}

// ---- What the modem says --------------------------------------------------------------------------------

void AtRadio::joined() {
  lost_.reset();
  want({Question::mode, Question::registration, Question::pin, Question::addresses, Question::system_mode,
        Question::credentials, Question::date});
}

void AtRadio::parted(const base::Reason& reason) {
  lost_ = reason;
  is_surveyed_ = false;
  wanted_.clear();
  next_round_.cancel();
  change([](ModemState& state) { state = {}; });
}

void AtRadio::answered(std::string_view command, const modem::ModemReply& reply) {
  change([&](ModemState& state) { state.hear_answer(command, reply, clock_.now()); });
  SetCommand given(command);
  if (!given.is_set || reply.final != modem::ModemReply::Final::ok) {
    return;
  }
  if (is_one_of(given.name, {"+CFUN", "+COPS", "+CGACT", "+CGATT", "+CPIN", "+CGDCONT"})) {
    want_what_changes();
  } else if (is_one_of(given.name, {"%XSYSTEMMODE"})) {
    want({Question::system_mode});
  } else if (is_one_of(given.name, {"+CCLK", "%CCLK"})) {
    want({Question::date});
  }
}

void AtRadio::notified(std::string_view urc) {
  change([&](ModemState& state) { state.hear_urc(urc); });
  bool is_holding = !held_.empty();
  held_.emplace_back(urc);
  bool tells_registration = urc.starts_with("+CEREG:");
  bool can_ask = link_->is_joined() && (is_asking_ || !link_->is_busy());
  if (!is_holding && tells_registration && lacks_address() && can_ask) {
    link_->execute_next(address_question, [this](const modem::ModemReply&) { tell_held(); });
  } else if (!is_holding) {
    tell_held();
  }
  if (tells_registration || urc.starts_with("+CGEV:")) {
    want_what_changes();
  }
}

void AtRadio::tell_held() {
  for (const std::string& urc : std::exchange(held_, {})) {
    if (on_notification_) {
      on_notification_(urc);
    }
  }
}

// ---- What it is asked -----------------------------------------------------------------------------------

void AtRadio::want(std::initializer_list<Question> questions) {
  for (Question question : questions) {
    if (std::find(wanted_.begin(), wanted_.end(), question) == wanted_.end()) {
      wanted_.push_back(question);
    }
  }
  ask_next();
}

void AtRadio::want_what_changes() {
  want({Question::mode, Question::registration, Question::addresses});
  if (state_.lte_active() && !state_.is_registered()) {
    want({Question::pin});
  }
}

// One at a time: what a host asks meanwhile has its turn between two of them.
void AtRadio::ask_next() {
  if (is_asking_ || !link_->is_joined()) {
    return;
  }
  if (wanted_.empty()) {
    is_surveyed_ = true;
    ask_later();
    return;
  }
  constexpr std::array<std::string_view, 8> lines{"AT+CFUN?",          "AT+CEREG?",    "AT+CPIN?",
                                                  address_question,    "AT+CGCONTRDP", "AT%XSYSTEMMODE?",
                                                  credential_question, "AT+CCLK?"};
  Question question = wanted_.front();
  wanted_.pop_front();
  is_asking_ = true;
  next_round_.cancel();
  link_->execute(lines[static_cast<std::size_t>(question)], [this](const modem::ModemReply&) {
    is_asking_ = false;
    ask_next();
  });
}

void AtRadio::ask_later() {
  bool is_waiting = state_.lte_active() && state_.active.empty();
  next_round_ =
      clock_.call_after(is_waiting ? waiting_period : settled_period, [this] { want_what_changes(); });
}

}  // namespace attache::radio
