"""The errors this product raises on purpose, in one tree.

Every one is something a person can act on, and its text is the message they read. Who catches what: a command turns any
of them into one line and an exit code (`tracker.cli.base`), a page into an error page (`tracker.web.errors`), a job
catches per item, writes the text to the row where a person will look, and goes on with the next. Whatever else is
raised is a fault of ours: it reaches the log with its trace, the run's row, and a page with a code.

TrackerError
  * BadSettings            the configuration can't be used; one line for each mistake; exit code 2
  * DatabaseProblem        the database is missing, damaged, another program's, too old or too new
  * BadAccount             an account can't be made or changed as asked
  * TooMany                too many tries from one place; it says when to come back
  * BadParameter           a parameter of an address that can't be read as what it should be
  * TooManyAlerts          one address has as many alerts as it can have
  * AlreadyRunning         somebody else is already doing it; exit code 75
  * LeaseLost              another process took over: nothing more may be written
  * CollectingPaused       this machine can't save just now; no source is to blame

  What a fetch meets: the state of a source or document, never the end of a job
  * BadAddress             no address we may ask
  * Refused                no document could be had; it names the hop, and says whether that is permanent
  * BadRedirect            a redirect that is not followed
    * CircularRedirect     it leads back to where the request has been
  * TooSlow                the time for the whole request is over
  * HeadersTooLarge        more than 64 KB of headers
  * TooLarge               more than the allowed bytes, packed or unpacked
  * BadEncoding            a body that can't be unpacked
  * Stopped                the service is stopping
  * NotPosted              no answer to a POST could be had; a clause that does not tell the address

  What was fetched or handed in can't be read
  * UnreadableList         not the kind of list that the source is configured as
  * UnreadableDocument     no text to be had from these bytes
  * InvalidDocument        a supplied document, or a line of many, that can't be taken
  * BadPath                a path expression of the configuration that makes no sense
  * InvalidIndexResponse   the Internet Archive's index answered something else

  Archive and record
  * NotArchived            no such content, or its file can't be read
  * ArchiveUnwritable      the archive folder takes nothing
  * BadBundle              a file that is no evidence bundle, or can't be read
  * NotOurFile             the place of an export holds another file
  * BadBackup              a backup that can't be made or used; nothing was changed
  * DemoIncomplete         the demo record does not come out as written

  Meaning and mail
  * BadCoding              a coding can't be written as asked
  * BadAnswer              a language model's answer that can't be used
  * BadCorrection          a statement or speaker can't be changed as asked
  * BadMove                a statement can't go from its state to the one asked for
  * DefinitionConflict     the configuration file and the site both define a topic
  * BadDefinitions         a file of definitions can't be read as what it should be
  * SourceConflict         the configuration file and the site both define a source
  * BadSignature           a shift can't be signed by this person
  * Overtaken              a decision can't be undone: what it changed was changed again since
  * BadEvents              what a mail provider posted is no JSON of events
  * BadWebhook             a webhook can't be made or changed as asked
  * MailboxTrouble         the mailbox of mails that came back can't be read
  * Undelivered            a mail did not go; it says whether another try can help
"""


class TrackerError(Exception):
    """Something a person can act on; its text is the message they read."""
