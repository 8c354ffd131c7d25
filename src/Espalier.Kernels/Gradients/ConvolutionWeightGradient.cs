namespace Espalier.Kernels;

/// <summary>The gradient of a convolution with respect to its weights and biases.</summary>
/// <remarks>
/// Two phases: <see cref="Accumulate"/> computes partial sums in a workspace that all parts share; when all its parts are done, <see cref="Reduce"/>
/// adds them in a fixed order. How the sums are divided depends only on the problem and the batch, so results are bit-identical for any number of threads.
/// </remarks>
internal sealed unsafe class ConvolutionWeightGradient
{
    private readonly ConvolutionProblem _forward;
    private readonly BlockedLayout _gradients;
    private readonly bool _hasBias;
    private readonly WeightGradientGeometry _geometry;
    private readonly WinogradWeightGeometry? _winograd; // null where the sums are direct

    /// <summary>Prepares a convolution's weight gradient.</summary>
    /// <param name="forward">The forward convolution; <see cref="ConvolutionProblem.Input"/> is the layout of its stored input, including a zero border. Residual and activation are ignored.</param>
    /// <param name="outputGradient">Layout of the output's gradient: the output's size, with any border, which is not read.</param>
    /// <param name="hasBias">Whether the gradient of the biases is computed too.</param>
    /// <param name="preferred">Kernels to prefer, by name: see <see cref="ConvolutionKernel.Choose"/>. Of these, <c>winograd4</c> and <c>direct</c> compute weight gradients.</param>
    /// <exception cref="ArgumentException">The layouts do not match each other.</exception>
    public ConvolutionWeightGradient(in ConvolutionProblem forward, BlockedLayout outputGradient, bool hasBias = true, string? preferred = null)
    {
        ProblemChecks.RequireShape(forward);
        Expect.That(outputGradient.HasSameMap(forward.Output), $"the gradient {outputGradient} is not of the output {forward.Output}");
        (_forward, _gradients, _hasBias) = (forward, outputGradient, hasBias);
        _geometry = new WeightGradientGeometry(forward);
        _winograd = Winograd(preferred ?? Environment.GetEnvironmentVariable(ConvolutionKernel.Variable) ?? "");
    }

    /// <summary>Name of the method of computation.</summary>
    public string KernelName => _winograd is not null ? "winograd4" : _geometry.IsDepthwise ? "depthwise" : "direct";

    /// <summary>Floats of scratch memory that each concurrent part of the first phase needs.</summary>
    public int ScratchLength => _winograd?.ScratchLength ?? 0;

    /// <summary>Floats of the workspace, which all parts of both phases share; it need not be cleared.</summary>
    public int WorkspaceLength(int batch) =>
        checked(Chunks(batch) * (_geometry.SumsLength + (_hasBias ? _forward.Output.PaddedChannels : 0)));

    /// <summary>The largest number of parts that <see cref="Accumulate"/> can usefully be split into.</summary>
    public int MaximumParts(int batch) =>
        (int)Math.Clamp(WorkSplit.UsefulParts(_forward, batch), 1, Math.Max(1, Chunks(batch) * Groups));

    private int Groups => _winograd?.Groups ?? _geometry.Groups;

    private int Chunks(int batch) => _winograd?.Chunks(batch) ?? _geometry.Chunks(batch);

    /// <summary>First phase: computes partial sums.</summary>
    /// <param name="operands">The data.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts.</param>
    public void Accumulate(in WeightGradientOperands operands, int part, int parts)
    {
        int batch = operands.Batch;
        _forward.Input.ExpectBatch(batch, operands.Input.Length, nameof(operands.Input));
        _gradients.ExpectBatch(batch, operands.OutputGradient.Length, nameof(operands.OutputGradient));
        Expect.That(operands.Workspace.Length >= WorkspaceLength(batch), $"the workspace holds {operands.Workspace.Length} floats, but {WorkspaceLength(batch)} are needed");
        Expect.That(operands.Scratch.Length >= ScratchLength, $"the scratch holds {operands.Scratch.Length} floats, but {ScratchLength} are needed");
        int chunks = Chunks(batch);
        (int first, int end) = WorkSplit.Range(chunks * Groups, part, parts);
        fixed (float* from = operands.Input, gradient = operands.OutputGradient, sums = operands.Workspace, scratch = operands.Scratch)
        {
            float* biasSums = _hasBias ? sums + ((nint)chunks * _geometry.SumsLength) : null;
            if (_winograd is not null)
            {
                LanesDispatch.Run(_gradients.Lanes, new WinogradWeightJob
                {
                    Geometry = _winograd,
                    Units = _geometry.Units,
                    SumsLength = _geometry.SumsLength,
                    Forward = _forward,
                    Gradients = _gradients,
                    Input = from,
                    Gradient = gradient,
                    Sums = sums,
                    BiasSums = biasSums,
                    Scratch = scratch,
                    Batch = batch,
                    FirstItem = first,
                    EndItem = end,
                });
                return;
            }

            LanesDispatch.Run(_gradients.Lanes, new WeightGradientJob
            {
                Geometry = _geometry,
                Forward = _forward,
                Gradients = _gradients,
                Input = from,
                Gradient = gradient,
                Sums = sums,
                BiasSums = biasSums,
                Batch = batch,
                FirstItem = first,
                EndItem = end,
            });
        }
    }

    /// <summary>Second phase: adds the partial sums.</summary>
    /// <param name="workspace">The workspace of <see cref="Accumulate"/>.</param>
    /// <param name="weights">Receives the gradient of the weights, in PyTorch's order; empty to skip it.</param>
    /// <param name="bias">Receives the gradient of the biases; empty to skip it.</param>
    /// <param name="batch">Number of images, as in the first phase.</param>
    /// <param name="accumulate">Whether to add to the gradients instead of overwriting them.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts; may differ from the first phase.</param>
    public void Reduce(ReadOnlySpan<float> workspace, Span<float> weights, Span<float> bias, int batch, bool accumulate, int part, int parts)
    {
        Expect.That(workspace.Length >= WorkspaceLength(batch), $"the workspace holds {workspace.Length} floats, but {WorkspaceLength(batch)} are needed");
        Expect.LengthOrEmpty(weights.Length, (long)_forward.Output.Channels * _forward.GroupInputChannels * _forward.Kernel.Area, nameof(weights));
        Expect.LengthOrEmpty(bias.Length, _hasBias ? _forward.Output.Channels : 0, nameof(bias));
        int chunks = Chunks(batch);
        if (!weights.IsEmpty)
        {
            ReduceWeights(workspace, weights, chunks, accumulate, part, parts);
        }

        if (part == 0 && !bias.IsEmpty)
        {
            ReduceBias(workspace[(chunks * _geometry.SumsLength)..], bias, chunks, accumulate);
        }
    }

    /// <summary>The division of work by Winograd's algorithm, if it is preferred or costs less.</summary>
    private WinogradWeightGeometry? Winograd(string preferred)
    {
        if (!WinogradWeightGeometry.Supports(_forward))
        {
            return null;
        }

        var winograd = new WinogradWeightGeometry(_forward, _gradients);
        string? named = preferred.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).FirstOrDefault(name => name.ToLowerInvariant() is "direct" or "winograd4");
        bool isChosen = named is null ? winograd.Cost < _forward.MultiplyAccumulates : !named.Equals("direct", StringComparison.OrdinalIgnoreCase);
        return isChosen ? winograd : null;
    }

    private void ReduceWeights(ReadOnlySpan<float> workspace, Span<float> weights, int chunks, bool accumulate, int part, int parts)
    {
        (int first, int end) = WorkSplit.Range(_geometry.Units.Length, part, parts);
        fixed (float* sums = workspace, to = weights)
        {
            LanesDispatch.Run(_gradients.Lanes, new WeightReduction
            {
                Geometry = _geometry,
                Forward = _forward,
                Sums = sums,
                Chunks = chunks,
                Weights = to,
                Accumulate = accumulate,
                FirstUnit = first,
                EndUnit = end,
            });
        }
    }

    private void ReduceBias(ReadOnlySpan<float> sums, Span<float> bias, int chunks, bool accumulate)
    {
        for (int channel = 0; channel < bias.Length; channel++)
        {
            float sum = sums[channel];
            for (int chunk = 1; chunk < chunks; chunk++)
            {
                sum += sums[(chunk * _forward.Output.PaddedChannels) + channel];
            }

            bias[channel] = accumulate ? bias[channel] + sum : sum;
        }
    }
}
