namespace Espalier.Cli;

/// <summary>Runs a network on an array as it is, without images and preprocessing.</summary>
internal sealed class RunVerb : Verb
{
    private const int UsualBatch = 32;
    private const int Shown = 10; // samples in the text

    private readonly ModelOptions _model = new();
    private readonly Argument<string> _input = new("INPUT") { Description = "An array in NumPy's format (.npy): one sample of the network's input (3x224x224), or several with their number in front (8x3x224x224). Integers and floats are taken as they are, without preprocessing." };
    private readonly Option<string?> _output = new("--output", "-o") { Description = "Writes the network's first output for all samples as float32 to a .npy file.", HelpName = "OUT.npy" };
    private readonly Option<int> _batch = CommonOptions.Batch(UsualBatch);
    private readonly Option<int> _threads = CommonOptions.Threads();
    private readonly Option<bool> _json = CommonOptions.Json();

    internal RunVerb(CliContext context)
        : base(
            context,
            "run",
            "Runs a network on an array (.npy) whose values are its input as they are, and writes what it computes.",
            "espalier run resnet50.espalier x.npy -o y.npy",
            "espalier run cifar_resnet20 --weights resnet20-12fca82f.th x.npy --json")
    {
        _model.AddTo(this);
        this.AddAll(_input, _output, _batch, _threads);
        RuntimeOptions.AddTo(this);
        this.AddAll(_json);
    }

    private protected override int Run(ParseResult parsed)
    {
        IRuntime runtime = RuntimeOptions.Read(parsed);
        string? path = parsed.GetValue(_output);
        if (path is not null && Path.GetExtension(path) != ".npy")
        {
            throw new EspalierException($"{path}: expected the name of a .npy file for the output");
        }

        ModelSource source = _model.Read(parsed, Terminal);
        Model model = source.Load();
        if (!source.HasTrainedWeights)
        {
            Terminal.Warn($"{source.Name} has random weights (seed {source.Seed}), so its answers mean nothing; --weights gives it trained ones");
        }

        Tensor input = Samples(parsed.GetRequiredValue(_input), model);
        using IRunnable runnable = runtime.Prepare(model, new RunOptions { Threads = parsed.GetValue(_threads) });
        Tensor output = RunAll(runnable, input, parsed.GetValue(_batch));
        if (path is not null)
        {
            NpyFile.Write(path, output);
        }

        Report(model, input, output, path).Show(Terminal, parsed.GetValue(_json));
        return ExitCode.Success;
    }

    /// <summary>The array as float32 with the number of samples in front.</summary>
    private static Tensor Samples(string path, Model model)
    {
        Tensor array = NpyFile.Read(path).To(ElementType.Float32);
        Shape sample = model.Graph.ShapeOf(model.Graph.Input.Name);
        bool isOne = array.Shape.Rank == sample.Rank;
        return (isOne || array.Shape.Rank == sample.Rank + 1) && array.Shape.Count > 0 && array.Shape[isOne ? 0 : 1] == sample[0]
            ? isOne ? array.Reshape(array.Shape.Prepend(1)) : array
            : throw new EspalierException($"{path}: an array of shape {array.Shape}; the network's input is {sample}, or several of these with their number in front");
    }

    private Tensor RunAll(IRunnable runnable, Tensor input, int batch)
    {
        Shape sample = input.Shape.WithoutFirst();
        int size = (int)sample.Count;
        var values = new List<float>();
        Shape outputs = default;
        for (int first = 0; first < input.Shape[0]; first += batch)
        {
            Context.Cancellation.ThrowIfCancellationRequested();
            int count = Math.Min(batch, input.Shape[0] - first);
            float[] part = new float[count * size];
            input.CopyTo<float>(first * size, part);
            Tensor output = runnable.Run(Tensor.From<float>(sample.Prepend(count), part));
            outputs = output.Shape.WithoutFirst();
            values.AddRange(output.Read<float>());
        }

        return Tensor.From<float>(outputs.Prepend(input.Shape[0]), values.ToArray());
    }

    private static Report Report(Model model, Tensor input, Tensor output, string? path)
    {
        int[] greatest = output.Shape.Rank == 2 ? [.. Enumerable.Range(0, output.Shape[0]).Select(i => Largest.IndexOf(output.Read<float>().Slice(i * output.Shape[1], output.Shape[1])))] : [];
        return new Report(new ReportObject
        {
            { "input", ReportValue.List(input.Shape.Extents) },
            { "shape", ReportValue.List(output.Shape.Extents) },
            { "greatest", ReportValue.List(greatest) },
            { "output", ReportValue.IfKnown(path) },
        })
        {
            Text =
            [
                $"input   {input.Shape}",
                $"output  {output.Shape}",
                .. greatest.Take(Shown).Select((index, i) => (ReportPart)$"sample {i}: greatest is output {index}{(model.Metadata.Labels.Count > index ? $" ({Visible.Text(model.Metadata.Labels[index])})" : "")}, {Amount.Fixed(output.Read<float>()[(i * output.Shape[1]) + index], 4)}"),
                greatest.Length > Shown ? $"and {greatest.Length - Shown} more samples" : null,
                path is null ? null : $"{path}: the output as float32",
            ],
        };
    }
}
