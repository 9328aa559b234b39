"""csiapp: after-sales customer satisfaction at car dealerships.

The layers, each importing only what stands below it (held by import-linter):

    app, cli, urls, demo, serving      put together and run
      headoffice                       the network's view over its dealerships
        reports                        a visit's frozen snapshot as a PDF
          audits | training            what was seen | who was taught
            standards                  what should happen, versioned
              accounts                 who may come in, and into which scope
                core                   database, tenancy, jobs, storage, web
    reference                          the domain's data files; imports nothing of csiapp

This file stays empty of imports, so that pure modules load without Flask.
"""
