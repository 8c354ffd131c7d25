namespace Espalier.Data;

/// <summary>The position of a loader. With the loader's options, it is all that a checkpoint needs to continue with the same batches.</summary>
/// <param name="Epoch">The epoch, from 0.</param>
/// <param name="Batch">The next batch of that epoch, from 0.</param>
public readonly record struct DataPosition(int Epoch, int Batch);
