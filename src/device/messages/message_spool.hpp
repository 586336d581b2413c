#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "base/clock.hpp"
#include "base/journal.hpp"
#include "base/result.hpp"
#include "device/messages/message_box.hpp"
#include "modem/message_service.hpp"

namespace attache::device {

namespace asio = boost::asio;

/// Short messages as files. Below the spool folder each number has two folders of its own:
///
/// - `<number>/inbox`: a file dropped there is received and removed. `NAME.pdu` is a PDU as +CMT prints it;
/// any
///   other file is a text (UTF-8), with an optional first line `From: NUMBER OR NAME` and an empty line after
///   it. Names that begin with a dot are left alone, so that a writer can rename a finished file. What cannot
///   be read is renamed to `.NAME.refused`, and the log says why; so are links and all that is no regular
///   file.
/// - `<number>/outbox`: what the device has sent, a file for each message: `To:`, `Date:`, an empty line,
/// text.
///
/// A message to a number that has an inbox there is put into it, so devices of several processes reach each
/// other. The inbox is watched by inotify. What is made there is for this user only, and whole when it has
/// its name.
class MessageSpool {
 public:
  /// Makes the folders. The reason of a failure names the folder and the cause.
  static base::Result<std::unique_ptr<MessageSpool>> open(std::filesystem::path folder,
                                                          modem::MessageService& service, MessageBox& box,
                                                          base::Clock& clock, base::Journal& journal);

  MessageSpool(std::filesystem::path folder, modem::MessageService& service, MessageBox& box,
               base::Clock& clock, base::Journal& journal, int watch);

  /// Takes what is in the inbox already, and then all that comes, until close().
  asio::awaitable<void> watch();
  /// Ends watch(). What is written to the inbox later stays there for the next start.
  void close();

  /// Writes a text that the device has sent; it is there when this returns, whatever becomes of the process.
  void sent(const SentText& sent);
  /// Puts it into the recipient's inbox too; false if the number has none here.
  bool pass_on(const modem::SubmittedMessage& message);

 private:
  void take_all();
  void take(const std::filesystem::path& file);
  base::Result<void> receive(const std::filesystem::path& file);
  base::Result<void> receive_text(std::string_view content);
  base::Result<void> receive_pdu(std::string_view content);
  void write(const std::filesystem::path& folder, std::string_view suffix, std::string_view content);

  std::filesystem::path folder_;
  std::filesystem::path inbox_;
  std::filesystem::path outbox_;
  modem::MessageService& service_;
  MessageBox& box_;
  base::Clock& clock_;
  base::Journal& journal_;
  asio::posix::stream_descriptor watch_;
  std::uint64_t written_ = 0;
};

}  // namespace attache::device
