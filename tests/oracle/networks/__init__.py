"""The networks that torchvision does not have, written plainly, with the module names of Espalier's zoo."""
