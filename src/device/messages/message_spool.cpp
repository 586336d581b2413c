#include "device/messages/message_spool.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <system_error>
#include <utility>
#include <vector>

#include "base/posix/private_file.hpp"
#include "base/text.hpp"
#include "base/utc_time.hpp"

namespace attache::device {

namespace {

namespace fs = std::filesystem;

constexpr std::string_view spool_module = "sms_spool";
constexpr std::string_view anonymous = "Attache";
constexpr std::size_t largest_message_file = 64 * 1024;

base::Reason spool_failure(base::Reason reason) {
  reason.what = "the SMS spool folder cannot be used";
  reason.advice = "`sms.spool` names a folder that this user may write to";
  return reason;
}

base::Reason spool_failure(const fs::path& path, int error) {
  return spool_failure(base::path_failure(path, error));
}

base::Reason unreadable_message(std::string why) {
  return base::make_reason(base::Cause::message_malformed, "a message file cannot be used", std::move(why),
                           "");
}

// A link would hand a file of this user to whoever may place links in the inbox; a FIFO would never end.
base::Result<std::string> read_message(const fs::path& path) {
  base::FileDescriptor file = base::open_file(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  struct stat found {};
  if (!file || ::fstat(file.get(), &found) != 0) {
    return unreadable_message(errno == ELOOP ? "it is a symbolic link" : base::error_text(errno));
  }
  if (!S_ISREG(found.st_mode)) {
    return unreadable_message("it is not a regular file");
  }
  std::string content(largest_message_file + 1, '\0');
  std::size_t size = 0;
  ssize_t count = 1;
  while (size < content.size() && count > 0) {
    count = ::read(file.get(), content.data() + size, content.size() - size);
    size += count > 0 ? static_cast<std::size_t>(count) : 0;
  }
  if (count < 0) {
    return unreadable_message(base::error_text(errno));
  }
  if (size > largest_message_file) {
    return unreadable_message("it is larger than 64 KiB");
  }
  content.resize(size);
  return {boost::system::in_place_value, std::move(content)};
}

// A process that was killed while it wrote, on a file system where files have a name from the start.
void remove_unfinished(const fs::path& outbox) {
  std::error_code failed;
  for (fs::directory_iterator entry(outbox, failed); !failed && entry != fs::directory_iterator();
       entry.increment(failed)) {
    if (entry->path().filename().string().starts_with('.') && entry->path().extension() == ".txt") {
      std::error_code ignored;
      fs::remove(entry->path(), ignored);
    }
  }
}

// Senders choose the letters of a number: it must not lead out of the spool folder.
bool is_folder_name(std::string_view number) {
  return !number.empty() && !number.starts_with('.') && number.find('/') == std::string_view::npos;
}

}  // namespace

base::Result<std::unique_ptr<MessageSpool>> MessageSpool::open(fs::path folder,
                                                               modem::MessageService& service,
                                                               MessageBox& box, base::Clock& clock,
                                                               base::Journal& journal) {
  fs::path own = folder / service.own_number();
  for (const char* name : {"inbox", "outbox"}) {
    if (auto made = base::make_private_folder(own / name); !made) {
      return spool_failure(made.error());
    }
  }
  remove_unfinished(own / "outbox");
  int watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
  if (watch < 0) {
    return spool_failure(folder, errno);
  }
  if (inotify_add_watch(watch, (own / "inbox").c_str(), IN_CLOSE_WRITE | IN_MOVED_TO) < 0) {
    int error = errno;
    ::close(watch);
    return spool_failure(own / "inbox", error);
  }
  return std::make_unique<MessageSpool>(std::move(folder), service, box, clock, journal, watch);
}

MessageSpool::MessageSpool(fs::path folder, modem::MessageService& service, MessageBox& box,
                           base::Clock& clock, base::Journal& journal, int watch)
    : folder_(std::move(folder)),
      inbox_(folder_ / service.own_number() / "inbox"),
      outbox_(folder_ / service.own_number() / "outbox"),
      service_(service),
      box_(box),
      clock_(clock),
      journal_(journal),
      watch_(clock.context(), watch) {}

asio::awaitable<void> MessageSpool::watch() {
  // What an event says does not matter: each means that the folder is to be read.
  alignas(inotify_event) std::array<char, 4096> events{};
  boost::system::error_code failed;
  while (!failed) {
    take_all();
    co_await watch_.async_read_some(asio::buffer(events), asio::redirect_error(asio::use_awaitable, failed));
  }
}

void MessageSpool::close() {
  boost::system::error_code ignored;
  watch_.close(ignored);
}

void MessageSpool::take_all() {
  std::vector<fs::path> files;
  std::error_code failed;
  for (const auto& entry : fs::directory_iterator(inbox_, failed)) {
    bool is_hidden = entry.path().filename().string().starts_with('.');
    if (!is_hidden && !entry.is_directory(failed)) {
      files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  for (const fs::path& file : files) {
    take(file);
  }
}

void MessageSpool::take(const fs::path& file) {
  auto received = receive(file);
  std::error_code failed;
  if (received) {
    fs::remove(file, failed);
    journal_.log(base::LogLevel::info, spool_module, fmt::format("received {}", file.string()));
    return;
  }
  fs::rename(file, file.parent_path() / fmt::format(".{}.refused", file.filename().string()), failed);
  base::Reason reason = received.error();
  reason.where = file.string();
  journal_.report(spool_module, std::move(reason));
}

base::Result<void> MessageSpool::receive(const fs::path& file) {
  auto content = read_message(file);
  if (!content) {
    return content.error();
  }
  return file.extension() == ".pdu" ? receive_pdu(*content) : receive_text(*content);
}

base::Result<void> MessageSpool::receive_text(std::string_view content) {
  constexpr std::string_view from_header = "From:";
  std::string_view from = anonymous;
  std::size_t line_end = content.find('\n');
  if (content.starts_with(from_header) && line_end != std::string_view::npos) {
    from = base::trim(content.substr(from_header.size(), line_end - from_header.size()));
    content.remove_prefix(line_end + 1);
    std::size_t blank = content.find('\n');
    if (blank != std::string_view::npos && base::trim(content.substr(0, blank)).empty()) {
      content.remove_prefix(blank + 1);
    }
  }
  while (content.ends_with('\n') || content.ends_with('\r')) {
    content.remove_suffix(1);
  }
  return box_.receive(from, content);
}

base::Result<void> MessageSpool::receive_pdu(std::string_view content) {
  auto octets = base::from_hex(base::trim(content));
  if (!octets) {
    return unreadable_message("a .pdu file holds one PDU in hexadecimal digits");
  }
  auto pdu = sms::split_pdu(*octets);
  if (!pdu) {
    return pdu.error();
  }
  auto message = sms::decode_deliver(pdu->tpdu);
  if (!message) {
    return message.error();
  }
  service_.receive_message(*message);
  return {};
}

void MessageSpool::sent(const SentText& sent) {
  write(outbox_, "txt",
        fmt::format("To: {}\nDate: {}\n\n{}\n", sent.to, base::format_utc(sent.accepted), sent.text));
}

bool MessageSpool::pass_on(const modem::SubmittedMessage& message) {
  std::string number = sms::to_text(message.submit.destination);
  fs::path inbox = folder_ / number / "inbox";
  std::error_code failed;
  if (!is_folder_name(number) || !fs::is_directory(inbox, failed)) {
    return false;
  }
  auto tpdu = sms::encode(modem::to_deliver(message));
  if (tpdu) {
    write(inbox, "pdu", fmt::format("00{}\n", base::to_hex(*tpdu)));
  }
  return tpdu.has_value();
}

void MessageSpool::write(const fs::path& folder, std::string_view suffix, std::string_view content) {
  auto time = std::chrono::duration_cast<std::chrono::milliseconds>(clock_.wall_now().time_since_epoch());
  std::string name;
  int error = EEXIST;  // Another process may have the number too.
  while (error == EEXIST) {
    name = fmt::format("{:015}-{}-{:06}.{}", time.count(), service_.own_number(), ++written_, suffix);
    error = base::write_whole_file(folder, name, content);
  }
  if (error != 0) {
    base::Reason reason = base::path_failure(folder / name, error);
    reason.what = "a message file cannot be written";
    journal_.report(spool_module, std::move(reason));
  }
}

}  // namespace attache::device
