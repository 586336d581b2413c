#pragma once

#include "base/clock.hpp"
#include "cellular/configuration.hpp"
#include "cellular/network/step_times.hpp"
#include "cellular/registration/cell_selection.hpp"
#include "cellular/registration/step_timer.hpp"

namespace attache::cellular {

/// The search for a cell to camp on: a light one, then a thorough one, then again and again with growing
/// pauses (reference nrf91-modem/state-machine.md, timings.md; 3GPP 23.122).
class NetworkSearch {
 public:
  /// Hears how it goes, in the order of it.
  class Owner {
   public:
    virtual ~Owner() = default;
    /// It begins, or begins again.
    virtual void search_began() = 0;
    /// The light search is over without a cell to camp on; a thorough one follows. False: none is there at
    /// all.
    virtual void light_search_failed(bool cell_there) = 0;
    /// It is over: the modem camps there.
    virtual void cell_found(const Cell& cell) = 0;
    /// It is over: there is no service, until the next search in so long.
    virtual void nothing_found(base::Duration pause) = 0;
    /// The pause is over.
    virtual void pause_ended() = 0;
  };

  /// All must outlive it.
  struct Surroundings {
    const Configuration& configuration;
    const CellSelection& selection;
    StepTimer& timer;
    Owner& owner;
  };
  explicit NetworkSearch(const Surroundings& around) : around_(around) {}

  /// Begins with the light search, in the place of whatever the timer waits for.
  void begin();
  /// Does not wait for the end of the pause.
  void begin_now();
  /// A search of the host's has taken the place of the light one.
  void conclude_light_search();
  /// Ends it silently. The timer goes on until its owner cancels it.
  void stop();
  /// The modem has service: the next pauses are short again.
  void forget_failures() { empty_searches_ = 0; }
  /// As after power-on.
  void reset();

  /// %XDEEPSEARCH: NB-IoT searches average longer; request_deep_search() asks for one such search. Switching
  /// it off ends one that is under way.
  void set_deep_search(bool on);
  [[nodiscard]] bool deep_search() const { return deep_search_; }
  /// Counts for the next thorough search, which uses it up even where NB-IoT is off; reset() takes it back.
  void request_deep_search() { is_deep_search_requested_ = true; }

 private:
  [[nodiscard]] Span thorough_search_time(bool cell_there);
  [[nodiscard]] base::Duration pause() const;
  void conclude_thorough_search();

  Surroundings around_;
  bool deep_search_ = false;
  bool is_deep_search_requested_ = false;
  bool is_deep_search_running_ = false;
  bool pauses_ = false;
  int empty_searches_ = 0;
};

}  // namespace attache::cellular
