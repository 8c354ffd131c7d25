return Espalier.Cli.ConsoleHost.Run(args);
