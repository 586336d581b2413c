#include "cellular/traffic_meter.hpp"

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <utility>

#include "cellular/nrf91.hpp"
#include "cellular/timing.hpp"

namespace attache::cellular {

namespace {

// What a technology carries at a coverage level: peak rates of Cat-M1 and Cat-NB1, less with repetitions.
struct Carriage {
  std::chrono::milliseconds delay;
  std::uint64_t uplink_rate;
  std::uint64_t downlink_rate;
};

Carriage carriage(AccessTechnology technology, int coverage_level) {
  using std::chrono::milliseconds;
  static constexpr std::array<Carriage, 2> lte_m{
      {{milliseconds(50), 375'000, 300'000}, {milliseconds(250), 40'000, 40'000}}};
  static constexpr std::array<Carriage, 3> nb_iot{{{milliseconds(400), 60'000, 25'000},
                                                   {milliseconds(1200), 8'000, 4'000},
                                                   {milliseconds(4000), 1'000, 500}}};
  auto level = static_cast<std::size_t>(coverage_level);
  return technology == AccessTechnology::lte_m ? lte_m.at(level) : nb_iot.at(level);
}

// NB-IoT with larger transport blocks and two HARQ processes (%REL14FEAT): category NB2 instead of NB1.
double release_14_gain(const Configuration& configuration) {
  constexpr std::size_t dual_harq_place = 4;
  constexpr std::size_t block_size_place = 6;
  double blocks = configuration.release_14[block_size_place] == '1' ? 2 : 1;
  return configuration.release_14[dual_harq_place] == '1' ? blocks * 1.3 : blocks;
}

}  // namespace

modem::LinkQuality TrafficMeter::quality() const {
  const Cell* cell = modem_.registration.serving_cell();
  if (cell == nullptr || modem_.options.timing.speed <= 0) {
    return {};
  }
  Carriage nominal = carriage(cell->technology, coverage_level(cell->technology, modem_.radio.signal(*cell)));
  double gain = cell->technology == AccessTechnology::nb_iot ? release_14_gain(modem_.configuration) : 1;
  auto scaled = [this, gain](std::uint64_t rate) {
    return static_cast<std::uint64_t>(static_cast<double>(rate) * gain * modem_.options.timing.speed);
  };
  return {step_duration(modem_.options.timing, nominal.delay), scaled(nominal.uplink_rate),
          scaled(nominal.downlink_rate)};
}

TrafficMeter::Clearance TrafficMeter::send(int cid, std::size_t bytes, modem::ReleaseAssistance assistance) {
  if (!modem_.contexts.active(cid)) {
    return {Verdict::no_pdn, {}};
  }
  if (auto left = uplink_messages_left(); left && *left <= 0) {
    return {Verdict::rate_limited, {}};
  }
  auto wait = modem_.registration.carry_uplink();
  if (!wait) {
    return {Verdict::no_coverage, {}};
  }
  count_uplink_message(cid);
  if (state_.counts.on) {
    state_.counts.bytes_sent += static_cast<std::int64_t>(bytes);
    state_.counts.count(bytes);
  }
  constexpr int after_response = 3;  // %XRAI
  bool sticky = modem_.configuration.release_assistance == after_response;
  state_.one_response =
      release_assistance_on() && (assistance == modem::ReleaseAssistance::one_response || sticky);
  if (ends_with(assistance)) {
    modem_.registration.release_early();
  }
  return {Verdict::passes, *wait};
}

// %RAI, or the early %XRAI of 1.2 and older. NB-IoT has it in its control plane; on LTE-M it is that of the
// access stratum, which is a feature of release 14 (%REL14FEAT).
bool TrafficMeter::release_assistance_on() const {
  constexpr std::size_t access_stratum_place = 2;
  const Cell* cell = modem_.registration.serving_cell();
  bool offered = cell != nullptr && (cell->technology == AccessTechnology::nb_iot ||
                                     modem_.configuration.release_14[access_stratum_place] == '1');
  return offered && modem_.configuration.release_assistance != 0;
}

bool TrafficMeter::ends_with(modem::ReleaseAssistance assistance) const {
  constexpr int no_response = 4;  // %XRAI: counts for every packet.
  bool last = assistance == modem::ReleaseAssistance::no_more ||
              assistance == modem::ReleaseAssistance::last ||
              modem_.configuration.release_assistance == no_response;
  return last && release_assistance_on();
}

void TrafficMeter::release(int cid) {
  if (modem_.contexts.active(cid) && release_assistance_on()) {
    modem_.registration.release_early();
  }
}

void TrafficMeter::carry_until(base::Time end) {
  modem_.registration.carry_until(end);
}

TrafficMeter::Clearance TrafficMeter::receive(int cid, std::size_t bytes) {
  if (!modem_.contexts.active(cid)) {
    return {Verdict::no_pdn, {}};
  }
  auto wait = modem_.registration.carry_downlink();
  if (!wait) {
    return {modem_.registration.in_psm() ? Verdict::asleep : Verdict::no_coverage, {}};
  }
  if (state_.counts.on) {
    state_.counts.bytes_received += static_cast<std::int64_t>(bytes);
    state_.counts.count(bytes);
  }
  if (std::exchange(state_.one_response, false)) {
    modem_.registration.release_early();
  }
  return {Verdict::passes, *wait};
}

std::optional<int> TrafficMeter::uplink_messages_left() const {
  const Cell* cell = modem_.registration.status().cell;
  if (cell == nullptr || cell->network->policy.uplink_limit == 0) {
    return std::nullopt;
  }
  const NetworkPolicy& policy = cell->network->policy;
  bool old = modem_.clock.now() - state_.rate_control.since >=
             period_duration(modem_.options.timing, policy.uplink_period);
  return policy.uplink_limit - (old ? 0 : state_.rate_control.sent);
}

void TrafficMeter::count_uplink_message(int cid) {
  auto left = uplink_messages_left();
  if (!left) {
    return;
  }
  const NetworkPolicy& policy = modem_.registration.status().cell->network->policy;
  if (*left == policy.uplink_limit) {
    state_.rate_control = {modem_.clock.now(), 0, {}};
  }
  ++state_.rate_control.sent;
  bool heard = modem_.subscriptions.cgerep && modem_.profile.at_least(1, 3);
  if (state_.rate_control.sent != policy.uplink_limit || !heard) {
    return;
  }
  base::Time end = state_.rate_control.since + period_duration(modem_.options.timing, policy.uplink_period);
  auto left_of_period =
      (end - modem_.clock.now()) * (modem_.options.timing.speed <= 0 ? 1.0 : modem_.options.timing.speed);
  modem_.notify(fmt::format("+CGEV: APNRATECTRL STAT {},1,{}", cid,
                            std::chrono::duration_cast<std::chrono::seconds>(left_of_period).count()));
  state_.rate_control.end = modem_.clock.call_at(end, [this, cid] {
    if (modem_.subscriptions.cgerep && modem_.contexts.active(cid)) {
      modem_.notify(fmt::format("+CGEV: APNRATECTRL STAT {},0", cid));
    }
  });
}

}  // namespace attache::cellular
