#pragma once

#include <string_view>

#include "cellular/network/network_control.hpp"
#include "cellular/network/radio_environment.hpp"

namespace attache::cellular {

class Nrf91;

/// The hand on the network of a simulated modem, its SIM holder and its surroundings.
class NetworkSteering final : public NetworkControl {
 public:
  explicit NetworkSteering(Nrf91& modem) : modem_(modem) {}

  [[nodiscard]] NetworkState state() const override;
  Outcome set_coverage(bool on) override;
  Outcome set_cell_on_air(std::string_view cell, bool on) override;
  Outcome set_signal(std::string_view cell, int rsrp_dbm, std::optional<int> snr_db) override;
  Outcome set_trend(std::string_view cell, double db_per_min) override;
  Outcome change_cell(std::string_view cell, std::string_view tac) override;
  Outcome reject_next_attach(int cause) override;
  Outcome reject_next_update(int cause) override;
  Outcome refuse_next_pdn(int cause) override;
  Outcome detach(std::optional<int> cause) override;
  Outcome deactivate_pdn(int cid, int esm_cause) override;
  Outcome send_pco(int id, std::string_view content) override;
  Outcome set_exception_data(bool allowed) override;
  Outcome set_rate_limit(int messages, std::chrono::seconds period) override;
  Outcome remove_sim() override;
  Outcome insert_sim() override;
  Outcome crash_modem(std::uint32_t reason) override;
  Outcome set_battery(int mv) override;
  Outcome set_temperature(int degrees) override;
  Outcome set_date(base::WallTime utc, int zone_quarters, int daylight_hours) override;
  Outcome set_timing(Timing timing) override;

 private:
  [[nodiscard]] Cell* steered_cell(std::string_view id);
  [[nodiscard]] Outcome no_such_cell(std::string_view id) const;

  Nrf91& modem_;
};

}  // namespace attache::cellular
