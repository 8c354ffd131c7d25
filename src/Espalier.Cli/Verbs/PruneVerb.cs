using Espalier.Surgery;

namespace Espalier.Cli;

/// <summary>The verb <c>prune</c>: masks weights, or removes channels or residual blocks.</summary>
internal sealed class PruneVerb : Verb
{
    private readonly ModelOptions _model = new();
    private readonly PruneWeightsOptions _weights = new();
    private readonly PruneChannelsOptions _channels = new();
    private readonly PruneBlocksOptions _blocks = new();
    private readonly PruneTargetOptions _targets = new();
    private readonly PruningDataOptions _data = new();
    private readonly RecoveryOptions _recovery = new();
    private readonly Option<bool> _undo = new("--undo") { Description = "Restores the masked weights (those of --scope, if given)." };
    private readonly Option<bool> _remove = new("--remove") { Description = "Makes pruning (of --scope, if given) permanent: replaces masked weights by zeros." };
    private readonly LedgerOptions _ledger = new();
    private readonly ResultOptions _result = new();

    internal PruneVerb(CliContext context)
        : base(
            context,
            "prune",
            "Prunes weights by masks, as torch.nn.utils.prune does (masked weights stay in the model file, so that --undo restores them), or removes whole channels (--channels) or residual blocks (--blocks). Amounts refer to the elements that earlier prunings have left.",
            "espalier prune mynet.espalier --method l1 --amount 0.8 -o pruned.espalier",
            "espalier prune resnet50 --weights resnet50-0676ba61.pth --method random --amount 0.2 --scope conv1 -o pruned.espalier",
            "espalier prune mynet.espalier --method lamp --target-sparsity 90% --global --steps 3 --recover 5 --data cifar10/ -o pruned.espalier",
            "espalier prune mynet.espalier --channels --target-macs 50% --importance taylor --data cifar10/ --round-to 8 -o narrow.espalier",
            "espalier prune mynet.espalier --channels --target-latency 8ms -o fast.espalier",
            "espalier prune mynet.espalier --method l1 --amounts amounts.csv -o pruned.espalier",
            "espalier prune mynet.espalier --channels --show-groups",
            "espalier prune mynet.espalier --blocks 9 --data cifar10/ -o short.espalier",
            "espalier prune pruned.espalier --undo -o mynet.espalier")
    {
        _model.AddTo(this);
        _weights.AddTo(this);
        _channels.AddTo(this);
        _blocks.AddTo(this);
        _targets.AddTo(this);
        _data.AddTo(this);
        _recovery.AddTo(this);
        this.AddAll(_undo, _remove);
        _ledger.AddTo(this);
        RuntimeOptions.AddTo(this);
        _result.AddTo(this);
    }

    private protected override int Run(ParseResult parsed)
    {
        ModelSource request = _model.Read(parsed, Terminal);
        if (_channels.ShowsGroups(parsed))
        {
            GroupReport.Of(ChannelGroups.Find(request.LoadNetwork().Graph, _channels.Grouped(parsed))).Show(Terminal, _result.IsJson(parsed));
            return ExitCode.Success;
        }

        string? output = _result.Path(parsed);
        return TakesBack(parsed) ? RunBack(parsed, request, output) : Prune(parsed, request, output);
    }

    private int Prune(ParseResult parsed, ModelSource request, string? output)
    {
        ulong seed = _model.Seed(parsed);
        AskedPruning pruning = Read(parsed, seed);
        _recovery.Require(parsed, output);
        Model original = _data.Prepare(parsed, _ledger.Begin(parsed, request.Load(), request, Context));
        string? learns = _recovery.Recovers(parsed) ? "--recover" : pruning.Request.Needs.HasFlag(PruningNeeds.Gradients) ? "ranking by gradients" : null;
        PruningData? data = _data.Open(parsed, ref original, learns, Context);
        if (data is null && pruning.Request.Needs.HasFlag(PruningNeeds.Samples))
        {
            throw new EspalierException("--block-ranking output requires images: give them with --data, or rank by bn or survival");
        }

        var notes = new PruningNotes(Terminal, data);
        try
        {
            return Prune(parsed, pruning, original, data, notes);
        }
        finally
        {
            notes.Tell(); // of images that were read by now
        }
    }

    private int Prune(ParseResult parsed, AskedPruning pruning, Model original, PruningData? data, PruningNotes notes)
    {
        (string? output, ulong seed) = (_result.Path(parsed), _model.Seed(parsed));
        string root = Path.ChangeExtension(output, "steps") ?? "";
        ValueList<string> changes = _recovery.Changes(parsed);
        var folders = new RecoveryFolders(root, Asked(parsed), original, data) { Compared = text => PruneCommandText.Compared(text, changes) };
        bool recovers = _recovery.Recovers(parsed);
        if (recovers)
        {
            _recovery.Training(parsed, original, data!, folders.Of(1), seed).Require();
            if (folders.Exists && !_recovery.Resumes(parsed))
            {
                throw new EspalierException($"{root} already contains a pruning in steps; --resume continues it, another -o starts a new one");
            }

            if (folders.Exists && !folders.IsThisOne)
            {
                throw new EspalierException($"{root} was started with other options, another list of --amounts, other weights, labels or preprocessing of the model, or other images or classes of --data (recorded in {folders.Command}); --resume requires the same ones, except options of settings that {ChangeOptions.Name} names");
            }

            folders.Begin(_recovery.Resumes(parsed));
        }

        var run = new PruneRun(original, pruning.Request, data, RuntimeOptions.Read(parsed), Context.Cancellation)
        {
            Count = _recovery.Steps(parsed),
            Folder = recovers ? folders.Of : null,
            Recover = recovers ? (model, folder) => RecoveryOptions.Recover(parsed, _recovery.Training(parsed, model, data!, folder!, seed), Context, _result.IsJson(parsed) ? Terminal.Error : Terminal.Out, notes.Data) : null,
            Resumes = _recovery.Resumes(parsed),
            Explain = pruning.Explain,
        };
        Model after = run.Run();
        bool measures = run.RemovedAnything && (_ledger.Timing(parsed) is not null || pruning.Request.Target?.LimitOf(PruningMeasure.Milliseconds, 1) is not null);
        PruneSpeed? speed = run.Missed ?? (measures ? run.Measure(ref after) : null);
        PruneReport? outcome = run.Last is null ? null : PruneReport.Of(pruning.Request, run.Last);
        return Finish(parsed, run, outcome, after, speed, speed is { Fails: true } ? null : output);
    }

    /// <summary>The words of the command line and the digests of the files that they name; resuming requires the same ones.</summary>
    private string Asked(ParseResult parsed) => PruneCommandText.Of(parsed, _targets.AmountsPath(parsed), _recovery.WeightsDigest(parsed));

    private int Finish(ParseResult parsed, PruneRun run, PruneReport? outcome, Model after, PruneSpeed? speed, string? output)
    {
        Context.Cancellation.ThrowIfCancellationRequested();
        if (output is not null)
        {
            ResultOptions.Write(after, output, Terminal);
        }

        ReportTable steps = FiguresTable.Of(run.Steps);
        _result.Show(
            parsed,
            Terminal,
            output,
            new ReportObject { outcome?.Data ?? [], { "steps", steps }, { "speed", speed?.Data() } },
            [.. outcome?.Text ?? [], steps, speed?.Describe() ?? (run.RemovedAnything ? "the speed was not measured; use --measure" : "nothing was removed, so the speed is the same")]);
        if (speed is { Fails: true })
        {
            Terminal.Error.WriteLine($"espalier: --target-latency was not reached: {speed.Describe()}{Place(parsed, run)}");
            return ExitCode.NotFaster;
        }

        return ExitCode.Success;
    }

    /// <summary>Where the work of a pruning is that missed its latency.</summary>
    private string Place(ParseResult parsed, PruneRun run)
    {
        if (!_recovery.Recovers(parsed))
        {
            return "";
        }

        int trained = run.Missed is null ? run.Count : run.Count - 1;
        string root = Path.ChangeExtension(_result.Path(parsed), "steps") ?? "";
        return (run.Missed is null ? "" : "; removing more did not help, so nothing was trained after the last step")
            + (trained > 0 ? $"; the last trained network is {Path.Combine(root, $"{trained}", "model.espalier")}" : "");
    }

    /// <summary>The requested pruning; throws for options that do not apply to it.</summary>
    private AskedPruning Read(ParseResult parsed, ulong seed)
    {
        (bool channels, bool blocks) = (_channels.AreAskedFor(parsed), _blocks.AreAskedFor(parsed));
        if (channels && blocks)
        {
            throw new EspalierException("--channels and --blocks exclude each other: prune one after the other");
        }

        Refuse(parsed, channels ? [] : _channels.Own, "--channels");
        Refuse(parsed, blocks ? [] : _blocks.Own, "--blocks");
        Refuse(parsed, channels || blocks ? _weights.Own : [], "pruning of weights");
        if (blocks)
        {
            return _targets.IsGiven(parsed) ? throw new EspalierException("--blocks specifies the number of blocks itself and cannot be combined with an amount or target") : _blocks.Read(parsed);
        }

        return channels
            ? _channels.Read(
                parsed,
                _targets.Read(parsed, "channels", PruneTargetKind.Amount, PruneTargetKind.MultiplyAccumulates, PruneTargetKind.Parameters, PruneTargetKind.Bytes, PruneTargetKind.Latency, PruneTargetKind.Amounts),
                seed,
                _weights.Scopes(parsed),
                _weights.Excluded(parsed))
            : _weights.Read(parsed, _targets, seed);
    }

    private static void Refuse(ParseResult parsed, IReadOnlyList<Option> options, string owner)
    {
        if (parsed.FirstGiven(options) is Option stray)
        {
            throw new EspalierException($"{stray.Name} is for {owner} only");
        }
    }

    private bool TakesBack(ParseResult parsed)
    {
        bool undoes = parsed.GetValue(_undo);
        bool removes = parsed.GetValue(_remove);
        bool prunes = _channels.AreAskedFor(parsed) || _blocks.AreAskedFor(parsed) || _targets.IsGiven(parsed) || parsed.FirstGiven(_weights.Own) is not null;
        return (undoes && removes) || ((undoes || removes) && prunes)
            ? throw new EspalierException("--undo, --remove and pruning exclude each other: give one of them")
            : undoes || removes;
    }

    private int RunBack(ParseResult parsed, ModelSource request, string? output)
    {
        Model before = _data.Prepare(parsed, _ledger.Begin(parsed, request.Load(), request, Context));
        _data.RequireNoClasses(parsed);
        ValueList<string> scopes = _weights.Scopes(parsed);
        Model after = _ledger.Note(parsed, parsed.GetValue(_undo) ? before.UndoPruning(scopes) : before.RemoveMasks(scopes), Context);
        if (output is not null)
        {
            ResultOptions.Write(after, output, Terminal);
        }

        ReportTable steps = FiguresTable.Of([("before", ModelFigures.Of(before) with { Bytes = ModelFile.SizeOf(before) }), ("after", after.LastFigures()!.Value)]);
        _result.Show(parsed, Terminal, output, new ReportObject { { "steps", steps } }, [steps]);
        return ExitCode.Success;
    }
}
