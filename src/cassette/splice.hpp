#pragma once

#include <boost/asio/awaitable.hpp>
#include <memory>

#include "base/clock.hpp"
#include "base/event.hpp"
#include "cassette/player.hpp"
#include "cassette/recorder.hpp"
#include "serial/port.hpp"

namespace attache::cassette {

namespace asio = boost::asio;

/// Why a recording, or the playing of a cassette, is over.
enum class End {
  host_closed,   ///< The host's port has ended for good: stdin is over, a client is gone.
  modem_closed,  ///< The modem's has: it was unplugged, its server is gone.
  strange,       ///< What the host said is not on the cassette.
  played,        ///< All was played, and the host has closed the line.
};

/// Joins a host and a modem: each hears what the other says, byte for byte, and a recorder hears both.
/// Control lines go over as far as the ports have them: the host's DTR and RTS to the modem, its DSR and CTS
/// to the host. After the modem's OK to a change of the rate, both ports have the new one.
///
/// Neither side is read while the other has 64 KiB to take. Ends when one of the ports has ended; what was
/// said before still goes over. The ports, the clock and the recorder must outlive the loop's work; stop()
/// before they go. One thread.
asio::awaitable<End> join(serial::Port& host, serial::Port& modem, base::Clock& clock, Recorder& recorder);

/// Plays the cassette's modem to the host at the port, until what the host says is new, or all was played and
/// the host has gone. The port, the clock and the player must outlive it.
asio::awaitable<End> perform(serial::Port& host, base::Clock& clock, Player& player);

}  // namespace attache::cassette
