namespace Espalier.Data;

/// <summary>Where a loader stands: with the loader's options, all that a checkpoint needs to go on with the same batches.</summary>
/// <param name="Epoch">The pass over the data, from 0 on.</param>
/// <param name="Batch">The next batch of that pass, from 0 on.</param>
public readonly record struct DataPosition(int Epoch, int Batch);
