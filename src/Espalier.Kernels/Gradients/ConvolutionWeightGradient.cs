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

    /// <summary>Prepares a convolution's weight gradient.</summary>
    /// <param name="forward">The forward convolution; <see cref="ConvolutionProblem.Input"/> is the layout of its stored input, including a zero border. Residual and activation are ignored.</param>
    /// <param name="outputGradient">Layout of the output's gradient: the output's size, with any border, which is not read.</param>
    /// <param name="hasBias">Whether the gradient of the biases is computed too.</param>
    /// <exception cref="ArgumentException">The layouts do not match each other.</exception>
    public ConvolutionWeightGradient(in ConvolutionProblem forward, BlockedLayout outputGradient, bool hasBias = true)
    {
        ProblemChecks.RequireShape(forward);
        Expect.That(outputGradient.HasSameMap(forward.Output), $"the gradient {outputGradient} is not of the output {forward.Output}");
        (_forward, _gradients, _hasBias) = (forward, outputGradient, hasBias);
        _geometry = new WeightGradientGeometry(forward);
    }

    /// <summary>Name of the method of computation.</summary>
    public string KernelName => _geometry.IsDepthwise ? "depthwise" : "direct";

    /// <summary>Floats of the workspace, which all parts of both phases share; it need not be cleared.</summary>
    public int WorkspaceLength(int batch) =>
        checked(_geometry.Chunks(batch) * (_geometry.SumsLength + (_hasBias ? _forward.Output.PaddedChannels : 0)));

    /// <summary>The largest number of parts that <see cref="Accumulate"/> can usefully be split into.</summary>
    public int MaximumParts(int batch) =>
        (int)Math.Clamp(WorkSplit.UsefulParts(_forward, batch), 1, Math.Max(1, _geometry.Chunks(batch) * _geometry.Groups));

    /// <summary>First phase: computes partial sums.</summary>
    /// <param name="input">Batch x the input's layout.</param>
    /// <param name="outputGradient">Batch x the output gradient's layout.</param>
    /// <param name="workspace"><see cref="WorkspaceLength"/> floats, or more.</param>
    /// <param name="batch">Number of images.</param>
    /// <param name="part">Index of the part to compute.</param>
    /// <param name="parts">Number of parts.</param>
    public void Accumulate(ReadOnlySpan<float> input, ReadOnlySpan<float> outputGradient, Span<float> workspace, int batch, int part, int parts)
    {
        _forward.Input.ExpectBatch(batch, input.Length, nameof(input));
        _gradients.ExpectBatch(batch, outputGradient.Length, nameof(outputGradient));
        Expect.That(workspace.Length >= WorkspaceLength(batch), $"the workspace holds {workspace.Length} floats, but {WorkspaceLength(batch)} are needed");
        int chunks = _geometry.Chunks(batch);
        (int first, int end) = WorkSplit.Range(chunks * _geometry.Groups, part, parts);
        fixed (float* from = input, gradient = outputGradient, sums = workspace)
        {
            LanesDispatch.Run(_gradients.Lanes, new WeightGradientJob
            {
                Geometry = _geometry,
                Forward = _forward,
                Gradients = _gradients,
                Input = from,
                Gradient = gradient,
                Sums = sums,
                BiasSums = _hasBias ? sums + ((nint)chunks * _geometry.SumsLength) : null,
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
        int chunks = _geometry.Chunks(batch);
        if (!weights.IsEmpty)
        {
            ReduceWeights(workspace, weights, chunks, accumulate, part, parts);
        }

        if (part == 0 && !bias.IsEmpty)
        {
            ReduceBias(workspace[(chunks * _geometry.SumsLength)..], bias, chunks, accumulate);
        }
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
