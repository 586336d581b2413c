#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>

#include "base/event.hpp"
#include "serial/byte_queue.hpp"
#include "serial/connection.hpp"
#include "serial/port.hpp"

namespace attache::serial {

/// How many bytes a port holds for its first host ("Ready" and what follows); more are dropped and counted.
inline constexpr std::size_t hold_limit = 64 * 1024;

/// What all ports over file descriptors have in common: reading from whatever connection there is, writing
/// at once, holding output until the first host is there, dropping it when a host has gone, counting.
///
/// Held by shared_ptr, because suspended operations keep it alive; open_port() and connect_port() wrap it in
/// an OwnedPort, whose destruction closes it.
class DescriptorPort : public Port, public std::enable_shared_from_this<DescriptorPort> {
 public:
  /// The functions of Port; what is said here of them is what all ports of this kind add to it.
  [[nodiscard]] std::string address() const final { return address_; }
  /// Waits for the next host when one has gone. The presence handler hears of a host that has come or gone
  /// before the next host's bytes are given.
  asio::awaitable<std::size_t> read_some(std::span<char> buffer) final;
  /// Before the first host has come up to hold_limit bytes are held for it; once one has gone, they are
  /// dropped.
  void write(std::string_view bytes) final;
  /// Output held for the first host is not counted: nobody could drain it.
  [[nodiscard]] std::size_t queued() const final;
  /// Returns as well when the host goes, with whom its bytes are dropped.
  asio::awaitable<void> drained(std::size_t limit) final;
  base::Result<void> set_baud(std::uint32_t baud) override;
  [[nodiscard]] std::uint32_t baud() const final { return baud_; }
  [[nodiscard]] bool has_flow_control() const override { return true; }
  [[nodiscard]] std::uint64_t dropped() const final;
  /// The handler is called from the loop, never from within a function of the port.
  void set_presence_handler(std::function<void(bool present)> handler) final;
  /// Ends reads (0 bytes) and waits; the presence handler is not called any more.
  void close() final;

 protected:
  DescriptorPort(asio::io_context& context, std::string address);

  [[nodiscard]] asio::io_context& context() { return context_; }
  /// The stream there is now; null while there is none.
  [[nodiscard]] const std::shared_ptr<Connection>& connection() const { return connection_; }
  [[nodiscard]] bool is_closed() const { return closed_; }
  /// As set_host() was told last, before the presence handler hears of it.
  [[nodiscard]] bool has_host() const { return has_host_; }

  /// The stream that is read from now on, in place of any before.
  void connect(std::shared_ptr<Connection> connection);
  /// Closes the stream; reads wait for the next one.
  void disconnect();
  /// A host has come (held output goes to it) or gone (queued output is dropped and counted). There must be a
  /// stream.
  void set_host(bool present);
  /// Of a port that drops bytes before they reach its connection.
  void count_dropped(std::size_t bytes) { dropped_ += bytes; }
  /// What baud() tells; it changes nothing else.
  void store_baud(std::uint32_t baud) { baud_ = baud; }

  /// Asked before output is written: has a host come or gone and nobody has noticed yet?
  virtual void look_for_host() {}
  /// Bytes of a host have been read and are about to be given to the device.
  virtual void bytes_came() {}
  /// The stream has reached its end: ends the port, unless it waits for another host.
  virtual void connection_ended() { close(); }
  /// Called by close() while the stream is still open.
  virtual void connection_closing() {}
  /// Called once by close(), after the stream is closed: gives back what the port made in the system.
  virtual void release() {}

 private:
  asio::io_context& context_;
  std::string address_;
  std::shared_ptr<Connection> connection_;
  base::Event connected_;
  ByteQueue held_;
  std::function<void(bool)> presence_handler_;
  std::uint64_t dropped_ = 0;
  std::uint32_t baud_ = 115200;
  bool has_host_ = false;
  bool had_host_ = false;
  std::size_t untold_changes_ = 0;  // Of a host's presence: the handler hears of them in later turns.
  bool closed_ = false;
};

}  // namespace attache::serial
