using Espalier.Fuzz;
using SharpFuzz;

// Espalier.Fuzz NAME            fuzzes a parser under afl-fuzz, or prints that there is no fuzzer
// Espalier.Fuzz NAME FILE…      runs it on files and names those that it handles wrongly
// Espalier.Fuzz --seeds FOLDER  writes seeds that no fixture has
// Espalier.Fuzz                 lists the parsers
if (args.Length == 0)
{
    Console.WriteLine(string.Join('\n', Parser.All.Select(parser => parser.Name)));
    return 0;
}

if (args is ["--seeds", string folder])
{
    Seeds.Write(folder);
    return 0;
}

if (args.Length == 1)
{
    Fuzzer.Run(stream =>
    {
        // Instrumented code may only run in here, static constructors included.
        Parser fuzzed = Find(args[0]);
        using var bytes = new MemoryStream();
        stream.CopyTo(bytes);
        if (fuzzed.Fault(bytes.ToArray()) is string fault)
        {
            throw new InvalidOperationException(fault);
        }
    });
    return 0;
}

Parser chosen = Find(args[0]);
int wrong = 0;
foreach (string file in args.Skip(1))
{
    if (chosen.Fault(File.ReadAllBytes(file)) is string fault)
    {
        wrong++;
        Console.WriteLine($"{file}: {fault}");
    }
}

return wrong == 0 ? 0 : 1;

static Parser Find(string name) => Parser.All.Single(parser => parser.Name == name);
