#include <array>

#include "cellular/nrf91.hpp"
#include "cellular/timing.hpp"
#include "modem/radio_link.hpp"

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

modem::LinkQuality Nrf91::quality() const {
  const Cell* cell = registration.serving_cell();
  if (cell == nullptr || options.timing.speed <= 0) {
    return {};
  }
  Carriage nominal = carriage(cell->technology, coverage_level(cell->technology, radio.signal(*cell)));
  double gain = cell->technology == AccessTechnology::nb_iot ? release_14_gain(configuration) : 1;
  auto scaled = [this, gain](std::uint64_t rate) {
    return static_cast<std::uint64_t>(static_cast<double>(rate) * gain * options.timing.speed);
  };
  return {step_duration(options.timing, nominal.delay), scaled(nominal.uplink_rate),
          scaled(nominal.downlink_rate)};
}

Nrf91::Clearance Nrf91::send(int cid, std::size_t bytes, modem::ReleaseAssistance assistance) {
  if (!contexts.active(cid)) {
    return {Verdict::no_pdn, {}};
  }
  if (auto left = uplink_messages_left(); left && *left <= 0) {
    return {Verdict::rate_limited, {}};
  }
  auto wait = registration.carry_uplink();
  if (!wait) {
    return {Verdict::no_coverage, {}};
  }
  count_uplink_message(cid);
  if (traffic.on) {
    traffic.bytes_sent += static_cast<std::int64_t>(bytes);
    traffic.count(bytes);
  }
  constexpr int after_response = 3;  // %XRAI
  bool sticky = configuration.release_assistance == after_response;
  volatile_.one_response =
      release_assistance_on() && (assistance == modem::ReleaseAssistance::one_response || sticky);
  if (ends_with(assistance)) {
    registration.release_early();
  }
  return {Verdict::passes, *wait};
}

// %RAI, or the early %XRAI of 1.2 and older. NB-IoT has it in its control plane; on LTE-M it is that of the
// access stratum, which is a feature of release 14 (%REL14FEAT).
bool Nrf91::release_assistance_on() const {
  constexpr std::size_t access_stratum_place = 2;
  const Cell* cell = registration.serving_cell();
  bool offered = cell != nullptr && (cell->technology == AccessTechnology::nb_iot ||
                                     configuration.release_14[access_stratum_place] == '1');
  return offered && configuration.release_assistance != 0;
}

bool Nrf91::ends_with(modem::ReleaseAssistance assistance) const {
  constexpr int no_response = 4;  // %XRAI: counts for every packet.
  bool last = assistance == modem::ReleaseAssistance::no_more ||
              assistance == modem::ReleaseAssistance::last || configuration.release_assistance == no_response;
  return last && release_assistance_on();
}

Nrf91::Clearance Nrf91::receive(int cid, std::size_t bytes) {
  if (!contexts.active(cid)) {
    return {Verdict::no_pdn, {}};
  }
  auto wait = registration.carry_downlink();
  if (!wait) {
    return {registration.in_psm() ? Verdict::asleep : Verdict::no_coverage, {}};
  }
  if (traffic.on) {
    traffic.bytes_received += static_cast<std::int64_t>(bytes);
    traffic.count(bytes);
  }
  if (std::exchange(volatile_.one_response, false)) {
    registration.release_early();
  }
  return {Verdict::passes, *wait};
}

void Nrf91::link_changed() {
  link_handlers_.call();
}

modem::Subscription Nrf91::subscribe_link(std::function<void()> handler) {
  return link_handlers_.add(std::move(handler));
}

const Cell* Nrf91::strongest_cell(std::string_view plmn) const {
  const Cell* best = nullptr;
  for (const Cell& cell : radio.cells()) {
    bool better = best == nullptr || radio.signal(cell).rsrp_dbm > radio.signal(*best).rsrp_dbm;
    if (cell.plmn == plmn && registration.supports(cell) && radio.heard(cell) && better) {
      best = &cell;
    }
  }
  return best;
}

bool Nrf91::radio_idle() const {
  using Phase = Registration::Phase;
  if (!volatile_.lte_on) {
    return true;
  }
  Phase phase = registration.phase();
  bool searching = phase == Phase::searching || phase == Phase::attaching || phase == Phase::camped;
  return !searching && !registration.connected();
}

}  // namespace attache::cellular
