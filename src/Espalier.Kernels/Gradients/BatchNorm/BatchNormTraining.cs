namespace Espalier.Kernels;

/// <summary>Batch norm in training mode (Ioffe and Szegedy 2015), forward and backward, with an optional fused residual and ReLU.</summary>
/// <remarks>
/// Each direction has two phases, and all parts of the first must be done before the second begins. How sums are divided depends only on the problem and the
/// batch, so results are bit-identical for any number of threads. Moments are computed about the mean of small pieces and combined as in Chan, Golub and
/// LeVeque (1979), so that a mean far from zero loses no precision.
/// </remarks>
internal sealed unsafe class BatchNormTraining
{
    private readonly BatchNormProblem _problem;
    private readonly BatchNormChunks _chunks;

    /// <summary>Prepares a batch norm.</summary>
    /// <exception cref="ArgumentException">The layouts have different sizes.</exception>
    public BatchNormTraining(in BatchNormProblem problem)
    {
        _problem = problem;
        _chunks = new BatchNormChunks(problem.Input);
        RequireMap(problem.Output, "output");
        RequireMap(problem.OutputGradient, "output gradient");
        RequireMap(problem.InputGradient, "input gradient");
        RequireMap(problem.Residual ?? problem.Input, "residual");
        RequireMap(problem.ResidualGradient ?? problem.Input, "residual gradient");
    }

    /// <summary>Floats of the workspace, which <see cref="GatherMoments"/> and <see cref="GatherGradients"/> fill chunk by chunk.</summary>
    public int WorkspaceLength(int batch) => checked(2 * _chunks.Count(batch) * _problem.Input.PaddedChannels);

    /// <summary>The largest number of parts that a batch can usefully be split into.</summary>
    public int MaximumParts(int batch) => Math.Max(1, _chunks.Count(batch) * _chunks.Groups);

    /// <summary>The number of images of each chunk of a batch, in the order of the chunks.</summary>
    public IEnumerable<int> ImagesOfChunks(int batch)
    {
        for (int chunk = 0; chunk < _chunks.Count(batch); chunk++)
        {
            (int first, int end) = _chunks.Range(chunk, batch);
            yield return end - first;
        }
    }

    /// <summary>Forward, first phase: computes the moments of pieces of the input.</summary>
    public void GatherMoments(in BatchNormForwardOperands operands, int part, int parts)
    {
        Check(operands);
        (int first, int end) = WorkSplit.Range(_chunks.Count(operands.Batch) * _chunks.Groups, part, parts);
        fixed (float* input = operands.Input, moments = operands.Workspace)
        {
            LanesDispatch.Run(_problem.Input.Lanes, new MomentsJob
            {
                Layout = _problem.Input,
                Chunks = _chunks,
                Batch = operands.Batch,
                Input = input,
                Moments = moments,
                First = first,
                End = end,
            });
        }
    }

    /// <summary>Forward, second phase: combines the moments, stores them and normalizes.</summary>
    public void Normalize(in BatchNormForwardOperands operands, int part, int parts)
    {
        Check(operands);
        (int first, int end) = WorkSplit.Range(operands.Batch * _problem.Input.Blocks, part, parts);
        bool isPart = !operands.GatheredImages.IsEmpty;
        fixed (float* input = operands.Input, residual = operands.Residual, output = operands.Output, moments = isPart ? operands.Gathered : operands.Workspace)
        fixed (int* images = operands.GatheredImages)
        fixed (float* weight = operands.Weight, bias = operands.Bias, mean = operands.Mean, variance = operands.Variance, inverse = operands.InverseDeviation)
        {
            LanesDispatch.Run(_problem.Input.Lanes, new NormalizeJob
            {
                Problem = _problem,
                Chunks = _chunks,
                Batch = operands.Batch,
                Input = input,
                Residual = residual,
                Output = output,
                Moments = moments,
                ChunkImages = images,
                ChunkCount = isPart ? operands.GatheredImages.Length : _chunks.Count(operands.Batch),
                Weight = weight,
                Bias = bias,
                Mean = mean,
                Variance = variance,
                InverseDeviation = inverse,
                First = first,
                End = end,
                Saves = part == 0,
            });
        }
    }

    /// <summary>Backward, first phase: computes sums over pieces of the gradient.</summary>
    public void GatherGradients(in BatchNormBackwardOperands operands, int part, int parts)
    {
        (int first, int end) = WorkSplit.Range(_chunks.Count(operands.Batch) * _chunks.Groups, part, parts);
        Run(operands, first, end, gathers: true, writesParameters: false);
    }

    /// <summary>Backward, second phase: combines the sums and writes all gradients.</summary>
    public void Propagate(in BatchNormBackwardOperands operands, int part, int parts)
    {
        (int first, int end) = WorkSplit.Range(operands.Batch * _problem.Input.Blocks, part, parts);
        Run(operands, first, end, gathers: false, writesParameters: part == 0);
    }

    /// <summary>Updates running statistics by PyTorch's rule: running = (1 − momentum) · running + momentum · batch, with the unbiased variance (n / (n − 1) times the biased).</summary>
    /// <param name="mean">The batch's mean of each channel.</param>
    /// <param name="variance">The batch's biased variance of each channel.</param>
    /// <param name="count">n: batch x height x width.</param>
    /// <param name="momentum">The weight of the new batch; 1 / (number of batches including this one) for a cumulative average.</param>
    /// <param name="runningMean">The running mean, updated.</param>
    /// <param name="runningVariance">The running variance, updated.</param>
    public static void UpdateRunning(
        ReadOnlySpan<float> mean, ReadOnlySpan<float> variance, long count, double momentum, Span<float> runningMean, Span<float> runningVariance)
    {
        double unbiased = (double)count / Math.Max(1, count - 1);
        for (int channel = 0; channel < runningMean.Length; channel++)
        {
            runningMean[channel] = (float)(((1 - momentum) * runningMean[channel]) + (momentum * mean[channel]));
            runningVariance[channel] = (float)(((1 - momentum) * runningVariance[channel]) + (momentum * unbiased * variance[channel]));
        }
    }

    private void Run(in BatchNormBackwardOperands operands, int first, int end, bool gathers, bool writesParameters)
    {
        Check(operands);
        fixed (float* input = operands.Input, output = operands.Output, gradient = operands.OutputGradient, sums = operands.Workspace, gathered = operands.Gathered)
        fixed (float* inputGradient = operands.InputGradient, residualGradient = operands.ResidualGradient)
        fixed (float* weight = operands.Weight, bias = operands.Bias, mean = operands.Mean, inverse = operands.InverseDeviation)
        fixed (float* weightGradient = operands.WeightGradient, biasGradient = operands.BiasGradient)
        {
            LanesDispatch.Run(_problem.Input.Lanes, new BatchNormGradientJob
            {
                Problem = _problem,
                Chunks = _chunks,
                Batch = operands.Batch,
                Input = input,
                Output = output,
                Gradient = gradient,
                InputGradient = inputGradient,
                AccumulateInput = operands.AccumulateInput,
                ResidualGradient = residualGradient,
                AccumulateResidual = operands.AccumulateResidual,
                Weight = weight,
                Bias = bias,
                Mean = mean,
                InverseDeviation = inverse,
                WeightGradient = weightGradient,
                BiasGradient = biasGradient,
                AccumulateParameters = operands.AccumulateParameters,
                Sums = sums,
                Gathered = operands.GatheredImages.IsEmpty ? null : gathered,
                GatheredCount = operands.GatheredImages.Length,
                Images = operands.GatheredImages.IsEmpty ? operands.Batch : TotalOf(operands.GatheredImages),
                First = first,
                End = end,
                Gathers = gathers,
                WritesParameters = writesParameters,
            });
        }
    }

    private static long TotalOf(ReadOnlySpan<int> images)
    {
        long total = 0;
        foreach (int count in images)
        {
            total += count;
        }

        return total;
    }

    private void CheckGathered(ReadOnlySpan<float> gathered, ReadOnlySpan<int> images) =>
        Expect.Length(gathered.Length, 2L * images.Length * _problem.Input.PaddedChannels, nameof(gathered));

    private void RequireMap(BlockedLayout layout, string what) =>
        Expect.That(layout.HasSameMap(_problem.Input), $"the {what} {layout} is not of the map {_problem.Input}");

    private void Check(in BatchNormForwardOperands operands)
    {
        _problem.Input.ExpectBatch(operands.Batch, operands.Input.Length, nameof(operands.Input));
        _problem.Output.ExpectBatch(operands.Batch, operands.Output.Length, nameof(operands.Output));
        Expect.Length(operands.Residual.Length, (long)operands.Batch * (_problem.Residual?.Length ?? 0), nameof(operands.Residual));
        CheckParameters(operands.Batch, operands.Weight.Length, operands.Bias.Length, operands.Mean.Length, operands.InverseDeviation.Length, operands.Workspace.Length);
        Expect.Length(operands.Variance.Length, _problem.Input.PaddedChannels, nameof(operands.Variance));
        CheckGathered(operands.Gathered, operands.GatheredImages);
    }

    private void Check(in BatchNormBackwardOperands operands)
    {
        _problem.Input.ExpectBatch(operands.Batch, operands.Input.Length, nameof(operands.Input));
        _problem.OutputGradient.ExpectBatch(operands.Batch, operands.OutputGradient.Length, nameof(operands.OutputGradient));
        _problem.InputGradient.ExpectBatch(operands.Batch, operands.InputGradient.Length, nameof(operands.InputGradient));
        if (_problem is { Relu: true, Residual: not null })
        {
            _problem.Output.ExpectBatch(operands.Batch, operands.Output.Length, nameof(operands.Output));
        }

        Expect.LengthOrEmpty(operands.ResidualGradient.Length, (long)operands.Batch * (_problem.ResidualGradient?.Length ?? 0), nameof(operands.ResidualGradient));
        CheckParameters(operands.Batch, operands.Weight.Length, operands.Bias.Length, operands.Mean.Length, operands.InverseDeviation.Length, operands.Workspace.Length);
        Expect.LengthOrEmpty(operands.WeightGradient.Length, _problem.Input.Channels, nameof(operands.WeightGradient));
        Expect.LengthOrEmpty(operands.BiasGradient.Length, _problem.Input.Channels, nameof(operands.BiasGradient));
        CheckGathered(operands.Gathered, operands.GatheredImages);
    }

    private void CheckParameters(int batch, int weight, int bias, int mean, int inverse, int workspace)
    {
        Expect.LengthOrEmpty(weight, _problem.Input.Channels, nameof(weight));
        Expect.LengthOrEmpty(bias, _problem.Input.Channels, nameof(bias));
        Expect.Length(mean, _problem.Input.PaddedChannels, nameof(mean));
        Expect.Length(inverse, _problem.Input.PaddedChannels, nameof(inverse));
        Expect.That(workspace >= WorkspaceLength(batch), $"the workspace holds {workspace} floats, but {WorkspaceLength(batch)} are needed");
    }
}
