#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <functional>
#include <memory>
#include <string>

#include "base/posix/file_descriptor.hpp"
#include "base/result.hpp"

namespace attache::serial {

namespace asio = boost::asio;

/// What has happened with the hosts of a PTY.
enum class HostChange {
  came,      ///< The first one has opened it.
  left,      ///< The last one has closed it.
  replaced,  ///< The last one has closed it, and another has opened it before anybody took notice of that.
};

/// Sees by inotify how hosts open, write to and close a PTY's slave, which this process holds open itself.
///
/// inotify tells two openings that nobody has read in between as one. So closings are checked against the
/// open files of all processes that this one may look at, and the count is put right.
class HostWatch : public std::enable_shared_from_this<HostWatch> {
 public:
  using Changed = std::function<void(HostChange change)>;

  /// `slave` is our own descriptor of the slave at `path`. `changed` is called from the loop or from look();
  /// not after stop().
  static base::Result<std::shared_ptr<HostWatch>> start(asio::io_context& context, const std::string& address,
                                                        const std::string& path, int slave, Changed changed);

  /// Takes notice at once of what has happened up to now.
  void look();
  /// Whether a host has written since the last change.
  [[nodiscard]] bool host_has_written() const { return host_has_written_; }
  /// Nothing is noticed any more. May be called twice, but not from within `changed`.
  void stop();

 private:
  HostWatch(asio::io_context& context, base::FileDescriptor inotify, std::string path, int slave,
            Changed changed);
  struct Seen {
    bool closed = false;    // One has closed it …
    bool emptied = false;   // … the last one …
    bool replaced = false;  // … and another has opened it since.
  };

  void take_events(Seen& seen);
  void put_count_right();
  void wait();
  [[nodiscard]] bool is_held_by_others() const;

  asio::posix::stream_descriptor inotify_;
  std::string path_;
  int slave_;
  Changed changed_;
  std::size_t hosts_ = 0;
  bool host_has_written_ = false;
};

}  // namespace attache::serial
