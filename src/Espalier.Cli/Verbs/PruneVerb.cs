using System.CommandLine;
using System.Text.Json;
using Espalier.Cli.Folding;
using Espalier.Cli.Ledger;
using Espalier.Cli.Models;
using Espalier.Cli.Options;
using Espalier.Cli.Output;
using Espalier.Cli.Pruning;
using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Surgery;
using Espalier.Tensors;

namespace Espalier.Cli.Verbs;

/// <summary>Removes what matters least.</summary>
internal sealed class PruneVerb : Verb
{
    private readonly ModelOptions _model = new();
    private readonly WeightPruningFlags _weights = new();
    private readonly Option<bool> _undo = new("--undo") { Description = "Gives pruned weights (those of --scope, if given) their numbers back." };
    private readonly Option<bool> _remove = new("--remove") { Description = "Makes pruning (of --scope, if given) permanent: zeros instead of masks." };
    private readonly Option<string?> _output = OutputOption.Create();
    private readonly Option<bool> _dryRun = new("--dry-run") { Description = "Says what it would do and writes nothing." };
    private readonly LedgerOption _ledger = new();
    private readonly Option<bool> _json = CommonOptions.Json();

    internal PruneVerb(CliContext context)
        : base(
            context,
            "prune",
            "Prunes weights by masks, as torch.nn.utils.prune does: the numbers stay in the model file, so that --undo brings them back; amounts are of what earlier prunings have left.",
            "espalier prune mynet.espalier --method l1 --amount 0.8 -o pruned.espalier",
            "espalier prune resnet50 --weights resnet50-0676ba61.pth --method random --amount 0.2 --scope conv1 -o pruned.espalier",
            "espalier prune mynet.espalier --method lamp --amount 90% --global --dry-run",
            "espalier prune pruned.espalier --undo -o mynet.espalier")
    {
        _model.AddTo(this);
        _weights.AddTo(this);
        Add(_undo);
        Add(_remove);
        Add(_output);
        Add(_dryRun);
        _ledger.AddTo(this);
        Add(_json);
    }

    private protected override int Run(ParseResult parsed)
    {
        string? output = OutputOption.Read(parsed, _output, parsed.GetValue(_dryRun));
        ModelRequest request = _model.Read(parsed);
        bool takesBack = RequireOneAction(parsed);
        WeightPruningOptions options = takesBack ? default : _weights.Read(parsed, request.Seed);
        Model before = _ledger.Begin(parsed, ModelLoader.Load(request).Model, request, Context);
        WeightPruningReport report = takesBack ? new WeightPruningReport(TakeBack(parsed, before), []) : before.Prune(options);
        Context.Cancellation.ThrowIfCancellationRequested();
        if (output is not null)
        {
            ModelFile.Write(output, _ledger.Note(parsed, report.After, null, Context));
        }

        if (parsed.GetValue(_json))
        {
            Json.Print(Terminal, json => Write(json, before, report, output));
        }
        else
        {
            Print(before, report, output);
        }

        return ExitCode.Success;
    }

    private bool RequireOneAction(ParseResult parsed)
    {
        bool undoes = parsed.GetValue(_undo);
        bool removes = parsed.GetValue(_remove);
        return (undoes && removes) || ((undoes || removes) && _weights.AsksToPrune(parsed))
            ? throw new EspalierException("--undo, --remove and pruning are different things: ask for one of them")
            : undoes || removes;
    }

    private Model TakeBack(ParseResult parsed, Model before)
    {
        bool undoes = parsed.GetValue(_undo);
        ValueList<string> scopes = _weights.Scopes(parsed);
        return undoes ? before.UndoPruning(scopes) : before.RemoveMasks(scopes);
    }

    private void Print(Model before, WeightPruningReport report, string? output)
    {
        if (!report.Parameters.IsEmpty)
        {
            TablePrinter table = new TablePrinter().Text("parameter").Text("shape").Number("weights").Number("removed before").Number("removed").Number("share");
            foreach (PrunedParameter row in report.Parameters)
            {
                table.Row(row.Name, row.Shape.ToString(), Amount.Exact(row.Shape.Count), Amount.Exact(row.Before), Amount.Exact(row.Removed), Amount.Percent(row.Sparsity));
            }

            table.Print(Terminal);
        }

        Terminal.Out.WriteLine($"non-zero parameters: {Amount.Exact(NonZeros.Of(before))} before, {Amount.Exact(NonZeros.Of(report.After))} after");
        Terminal.Out.WriteLine(output is null ? "nothing was written" : $"{output}: model file, {Amount.Bytes(new FileInfo(output).Length)}");
    }

    private static void Write(Utf8JsonWriter json, Model before, WeightPruningReport report, string? output)
    {
        json.WriteStartObject();
        json.WriteStartArray("parameters");
        foreach (PrunedParameter row in report.Parameters)
        {
            json.WriteStartObject();
            json.WriteString("name", row.Name);
            json.WriteString("shape", row.Shape.ToString());
            json.WriteNumber("weights", row.Shape.Count);
            json.WriteNumber("removed_before", row.Before);
            json.WriteNumber("removed", row.Removed);
            json.WriteNumber("sparsity", row.Sparsity);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteNumber("non_zeros_before", NonZeros.Of(before));
        json.WriteNumber("non_zeros", NonZeros.Of(report.After));
        json.WriteString("output", output);
        json.WriteEndObject();
    }
}
